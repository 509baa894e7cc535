/** Hears when a consumer stands still although nobody paused it: the process is not ready then, and should end if it lasts. */
export type Watchdog = {
  /** @param consumer the group, or the replica's name */
  onStalled(consumer: string): void;
  /** It has joined again. */
  onRecovered(consumer: string): void;
};
