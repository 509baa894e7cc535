/** Lets a loop sleep until somebody calls. A call while the loop works is not lost. */
export class WakeUp {
  #call = Promise.withResolvers<void>();

  /** Ends the present sleep, or the next before it begins. */
  call(): void {
    this.#call.resolve();
  }

  /** Resolves at the next call, at once when there was one since the last sleep. */
  async sleep(): Promise<void> {
    await this.#call.promise;
    this.#call = Promise.withResolvers();
  }
}
