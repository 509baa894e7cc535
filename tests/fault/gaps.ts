/** How long each of several sources is silent while all of them should speak. */
export class Gaps {
  readonly #heardAt = new Map<string, number>();
  #longestMs = 0;

  constructor(sources: readonly string[]) {
    for (const source of sources) this.#heardAt.set(source, performance.now());
  }

  heard(source: string): void {
    this.#longestMs = Math.max(this.#longestMs, this.#silenceOf(source));
    this.#heardAt.set(source, performance.now());
  }

  /** The silence, in ms, of the source that has been silent longest by now. */
  get silenceMs(): number {
    return Math.max(...[...this.#heardAt.keys()].map((source) => this.#silenceOf(source)));
  }

  /** Returns the longest silence of any source since the last call, in ms; one that goes on counts. */
  nextPhase(): number {
    const longestMs = Math.max(this.#longestMs, this.silenceMs);
    this.#longestMs = 0;
    return longestMs;
  }

  #silenceOf(source: string): number {
    const heardAt = this.#heardAt.get(source);
    if (heardAt === undefined) throw new Error(`nobody expects ${source} to speak`);
    return performance.now() - heardAt;
  }
}
