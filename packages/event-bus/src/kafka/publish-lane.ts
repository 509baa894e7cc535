import { PUBLISH_BYTES_MAX } from './limits.ts';
import type { OutgoingRecord } from './outgoing-record.ts';

type Publication = {
  readonly records: readonly OutgoingRecord[];
  readonly bytes: number;
  readonly abandoned: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/** What a record costs in a request beside its texts: lengths, offset, time. */
const recordOverheadBytes = 100;

/**
 * The way into one partition: one request at a time, in the order of the calls. What arrives meanwhile goes together in the
 * next, as far as a broker takes it at once.
 */
export class PublishLane {
  readonly #send: (records: readonly OutgoingRecord[]) => Promise<void>;
  #waiting: Publication[] = [];
  #running = Promise.resolve();
  #isRunning = false;

  constructor(send: (records: readonly OutgoingRecord[]) => Promise<void>) {
    this.#send = send;
  }

  /**
   * Resolves when the records are stored.
   * @param abandoned rejects the call with its reason, at once; what has not been sent yet never is
   */
  publish(records: readonly OutgoingRecord[], abandoned: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      abandoned.addEventListener('abort', () => reject(abandoned.reason), { once: true });
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      this.#waiting.push({ records, bytes, abandoned, resolve, reject });
      if (!this.#isRunning) this.#running = this.#run();
    });
  }

  /** Resolves when nothing is being published. */
  drained(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const together = this.#takeWaiting();
      try {
        await this.#sendInPieces(together);
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isRunning = false;
  }

  #takeWaiting(): Publication[] {
    this.#waiting = this.#waiting.filter(({ abandoned }) => !abandoned.aborted);
    let bytes = 0;
    const end = this.#waiting.findIndex((publication, index) => {
      bytes += publication.bytes;
      return index > 0 && bytes > PUBLISH_BYTES_MAX;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  /** After a piece that failed none follows: what is published again must not come after what it preceded. */
  async #sendInPieces(publications: readonly Publication[]): Promise<void> {
    for (const piece of inPieces(publications.flatMap(({ records }) => records))) {
      if (publications.every(({ abandoned }) => abandoned.aborted)) return;
      await this.#send(piece);
    }
  }
}

function inPieces(records: readonly OutgoingRecord[]): OutgoingRecord[][] {
  const pieces: OutgoingRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    bytes += sizeOf(record);
    const last = pieces.at(-1);
    if (last && bytes <= PUBLISH_BYTES_MAX) {
      last.push(record);
    } else {
      pieces.push([record]);
      bytes = sizeOf(record);
    }
  }
  return pieces;
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  const texts = [key, value ?? '', ...Object.entries(headers).flatMap(([name, text]) => [name, String(text)])];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), recordOverheadBytes);
}
