import type { DeadLetterStore, SetAsidePage } from '../dead-letters/dead-letter-store.ts';
import type { ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import type { BusParts } from './bus-parts.ts';
import type { DeadLetterPlace, IndexedRecord } from './dead-letter-index.ts';
import { finishMessage, removalMessage, setAsideMessage } from './dead-letter-messages.ts';
import { RELEASE_BYTES_MAX } from './limits.ts';
import { readDeadLetterTopic } from './read-dead-letter-topic.ts';

/** The topic of dead letters as the owner of a partition uses it. */
export class DeadLetterTopicStore implements DeadLetterStore {
  readonly #parts: BusParts;
  readonly #place: DeadLetterPlace;

  constructor(parts: BusParts, place: DeadLetterPlace) {
    this.#parts = parts;
    this.#place = place;
  }

  async pauses(): Promise<ReadonlyMap<string, bigint>> {
    const pausing = (await this.#records()).filter(({ scope }) => scope === 'aggregate');
    // In the order of their offsets: the last of a key stays.
    return new Map(pausing.map(({ key, offset }) => [key, offset]));
  }

  async keep(records: readonly SetAsideRecord[]): Promise<boolean> {
    await this.#parts.publisher.publish(records.map(setAsideMessage));
    return true;
  }

  async read(request: ReleaseRequest, recordsMax: number): Promise<SetAsidePage> {
    const found = (await this.#records()).filter(isAbout(request));
    const wanted = new Map<string, SetAsideRecord | undefined>();
    let bytes = 0;
    for (const record of found.slice(0, recordsMax)) {
      bytes += record.bytes;
      if (wanted.size > 0 && bytes > RELEASE_BYTES_MAX) break;
      wanted.set(record.name, undefined);
    }
    if (wanted.size > 0) {
      await readDeadLetterTopic(this.#parts.connection, this.#parts.logger, (message) => {
        if (message.kind === 'set aside' && wanted.has(message.name)) wanted.set(message.name, message.record);
      });
    }
    const records = [...wanted.values()].filter((record) => record !== undefined);
    return { records, mayHaveMore: found.length > wanted.size };
  }

  async remove(records: readonly SetAsideRecord[]): Promise<void> {
    await this.#parts.publisher.publish(records.map(removalMessage));
  }

  async requests(): Promise<ReleaseRequest[]> {
    return (await this.#parts.deadLetters()).requestsOf(this.#place);
  }

  async finish(request: ReleaseRequest): Promise<void> {
    await this.#parts.publisher.publish([finishMessage(request)]);
  }

  async #records(): Promise<IndexedRecord[]> {
    const index = await this.#parts.deadLetters();
    await index.caughtUp();
    return index.recordsOf(this.#place);
  }
}

function isAbout({ scope, key, offset }: ReleaseRequest): (record: IndexedRecord) => boolean {
  return (record) =>
    scope === 'aggregate' ? record.scope === 'aggregate' && record.key === key : record.offset === offset;
}
