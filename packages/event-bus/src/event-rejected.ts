/** An event that the bus can never accept: unknown topic, no key, too large, no envelope, or not as its schema says. */
export class EventRejected extends Error {
  /** Its place in the published array. */
  readonly index: number;
  /** Why, without the event's content. */
  readonly reason: string;

  constructor(index: number, reason: string) {
    super(`event ${index} was rejected: ${reason}`);
    this.name = 'EventRejected';
    this.index = index;
    this.reason = reason;
  }
}
