/** What a process tells its probes: alive as long as it answers, ready while every reason for not being so is gone. */
export class HealthState {
  #reasons = new Set<string>(['starting']);

  /** Marks the end of the start. */
  started(): void {
    this.#reasons.delete('starting');
  }

  /** Takes the process out of rotation, for a reason that an operator can read: `draining`, `database`. */
  unready(reason: string): void {
    this.#reasons.add(reason);
  }

  /** Takes a reason back. */
  recovered(reason: string): void {
    this.#reasons.delete(reason);
  }

  get isReady(): boolean {
    return this.#reasons.size === 0;
  }

  /** Why the process is not ready; empty when it is. */
  get reasons(): string[] {
    return [...this.#reasons];
  }
}
