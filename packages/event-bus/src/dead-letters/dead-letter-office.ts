import type { EventHeaders } from '../event.ts';
import type { DeadLetter } from '../event-bus.ts';
import type { PauseScope, ReleaseAction } from './set-aside-record.ts';

/** A dead letter as an operator finds it. */
export type KeptDeadLetter = DeadLetter & {
  readonly scope: PauseScope;
  readonly value: string;
  readonly headers: EventHeaders;
  /** When the bus stored the record. */
  readonly time: Date;
  /** Later records of the aggregate that wait behind it. */
  readonly parked: number;
  /** What was asked for and is not yet finished. */
  readonly requested: ReleaseAction | undefined;
};

/** Thrown when what was asked for makes no sense for this dead letter. */
export class ReleaseRefused extends Error {
  override readonly name = 'ReleaseRefused';
}

/** Where operators look at dead letters, and ask the running consumers to go on. */
export interface DeadLetterOffice {
  /** Every dead letter that is kept, by consumer and place. */
  letters(): Promise<readonly KeptDeadLetter[]>;
  /**
   * Asks the consumer that runs, or the next that does. Resolves when the request is stored; it is finished when the letter is
   * gone, or has no request any more: then it failed again.
   * @throws ReleaseRefused for the replay of a replica's letter
   */
  request(letter: KeptDeadLetter, action: ReleaseAction): Promise<void>;
  close(): Promise<void>;
}
