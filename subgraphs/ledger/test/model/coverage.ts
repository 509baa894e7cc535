import type { Decision } from '../../src/domain/engine/decide.ts';
import type { Operation } from '../../src/domain/operation.ts';

type Name = Operation['type'];
/** The writer's own outcomes, which the rules never decide, have tests of their own. */
type Outcome = Exclude<Decision['status'], 'OUT_OF_RANGE' | 'GROUP_REFUSED'>;

const spending: readonly Name[] = ['BURN', 'HOLD', 'TRANSFER'];
const undoing: readonly Name[] = ['REFUND', 'RETURN', 'REVERSAL'];
const ofHolds: readonly Name[] = ['CAPTURE', 'RELEASE'];
const keyed: readonly Name[] = ['EARN', 'ISSUE', ...spending, ...undoing, ...ofHolds];
const names: readonly Name[] = [...keyed, 'SETTLE'];
/** Wallets earn, and value is issued on cards: neither comes before or after the other. */
const ofWallets = names.filter((name) => name !== 'ISSUE');
const ofCards = names.filter((name) => name !== 'EARN');

/** Which commands each outcome can be of. */
const commandsOf: Record<Outcome, readonly Name[]> = {
  DONE: names,
  REPLAYED: keyed,
  KEY_REUSED: keyed,
  NOT_LIVE: keyed,
  LIMIT_EXCEEDED: ['EARN', 'ISSUE', ...spending],
  INSUFFICIENT: [...spending, 'REVERSAL'],
  HOLD_ENDED: ofHolds,
  HOLD_EXCEEDED: ['CAPTURE'],
  REFUND_EXCEEDED: ['REFUND', 'REVERSAL'],
  RETURN_EXCEEDED: ['RETURN'],
  UNKNOWN_LINE: ['RETURN'],
  ALREADY_REVERSED: ['RETURN', 'REVERSAL'],
  NOT_REVERSIBLE: undoing,
};

/** What random sequences have met: the outcomes of each command, and which command came after which. */
export class Coverage {
  readonly #outcomes = new Map<string, number>();
  readonly #pairs = new Set<string>();
  #before: string | undefined;
  operations = 0;

  begin(): void {
    this.#before = undefined;
  }

  add(name: Name, status: string): void {
    const outcome = `${name} ${status}`;
    this.operations += 1;
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    if (this.#before !== undefined) this.#pairs.add(`${this.#before} ${name}`);
    this.#before = name;
  }

  /** Commands that were never carried out, and outcomes that none had: for runs too short to meet everything. */
  missingAtAll(): string[] {
    const met = [...this.#outcomes.keys()];
    const undone = names.filter((name) => !met.includes(`${name} DONE`));
    const unmet = Object.keys(commandsOf).filter((status) => !met.some((outcome) => outcome.endsWith(` ${status}`)));
    return [...undone, ...unmet];
  }

  /** Pairs of commands, and outcomes of each, that were never met. */
  missing(): string[] {
    const pairs = [ofWallets, ofCards].flatMap((own) => own.flatMap((a) => own.map((b) => `${a} ${b}`)));
    const unmetPairs = [...new Set(pairs)].filter((pair) => !this.#pairs.has(pair));
    const unmet = Object.entries(commandsOf).flatMap(([status, commands]) => {
      return commands.map((name) => `${name} ${status}`).filter((outcome) => !this.#outcomes.has(outcome));
    });
    return [...unmetPairs.map((pair) => `pair ${pair}`), ...unmet];
  }

  /** How many outcomes and pairs were met. */
  toString(): string {
    return `${this.#pairs.size} pairs of commands, ${this.#outcomes.size} outcomes`;
  }
}
