/** Counts open sockets by who holds them. */
export class SocketCounts {
  readonly #counts = new Map<string, number>();

  /** Takes a place, or says that there is none. */
  enter(holder: string, placesMax: number): boolean {
    const count = this.#counts.get(holder) ?? 0;
    if (count >= placesMax) return false;
    this.#counts.set(holder, count + 1);
    return true;
  }

  leave(holder: string): void {
    const count = this.#counts.get(holder) ?? 0;
    if (count > 1) this.#counts.set(holder, count - 1);
    else this.#counts.delete(holder);
  }
}
