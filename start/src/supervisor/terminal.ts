import type { WriteStream } from 'node:tty';

const seconds = (durationMs: number) => `${(durationMs / 1_000).toFixed(1)} s`;
/** Without a terminal that can rewrite a line, progress is told at each of so many parts. */
const toldParts = 4;
const barCells = 24;

/** Draws how much of some work is done. */
function progressBar(done: number, total: number): string {
  const filled = total === 0 ? barCells : Math.floor((done / total) * barCells);
  return `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)} ${done}/${total}`;
}

/** What the person who started the house sees: steps as they are done, and news. */
export class Terminal {
  #stream: WriteStream;
  #open: string | undefined;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** Shows a line. */
  line(text = ''): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
    if (this.#open !== undefined) this.#show(this.#open);
  }

  /** Shows a step while it is done and how long it took. */
  async step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now();
    this.#show(`  … ${name}`);
    try {
      const result = await work();
      this.#close(`  ✓ ${name} (${seconds(performance.now() - startedAt)})`);
      return result;
    } catch (error) {
      this.#close(undefined);
      throw error;
    }
  }

  /** Shows a step with its progress: the work reports how much is done. */
  async progress<Result>(
    name: string,
    work: (report: (done: number, total: number) => void) => Promise<Result>,
  ): Promise<Result> {
    let told = 0;
    return this.step(name, () =>
      work((done, total) => {
        this.#show(`  … ${name}  ${progressBar(done, total)}`);
        const part = Math.floor((done / total) * toldParts);
        if (this.#stream.isTTY || part <= told || done === total) return;
        told = part;
        this.#stream.write(`    ${done} of ${total}\n`);
      }),
    );
  }

  #show(text: string): void {
    const isNew = this.#open === undefined;
    this.#open = text;
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${text}`);
    else if (isNew) this.#stream.write(`${text}\n`);
  }

  #close(text: string | undefined): void {
    this.#clear();
    this.#open = undefined;
    if (text !== undefined) this.#stream.write(`${text}\n`);
  }

  #clear(): void {
    if (this.#stream.isTTY && this.#open !== undefined) this.#stream.write('\r\x1b[K');
  }
}
