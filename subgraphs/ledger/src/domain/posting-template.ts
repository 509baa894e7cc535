import type { TransactionKind } from './balance-change.ts';
import type { AccountKind, AccountPart } from './chart-of-accounts.ts';
import type { Category, Lot } from './lot.ts';

/** What moves, as templates tell it apart: points, or value of a card by how VAT treats it. */
const templateValues = ['POINTS', 'MPV', 'SPV', 'PROMOTIONAL'] as const;

/** What moves, as templates tell it apart. */
export type TemplateValue = (typeof templateValues)[number];

/** A line of a template: from which kind of account to which. */
export interface TemplateLine {
  event: TransactionKind;
  value: TemplateValue;
  /** 1, 2, 3, … */
  version: number;
  line: LineName;
  debitKind: AccountKind;
  creditKind: AccountKind;
}

/** What a line does, whatever the kinds of accounts are that it does it with. */
export type LineName = keyof typeof linesParts;

/** The parts that a line must connect: from, to. `ISSUER` is the merchant's own side. */
const linesParts = {
  grant: ['ISSUER', 'AVAILABLE'],
  grantPending: ['ISSUER', 'PENDING'],
  sell: ['ISSUER', 'AVAILABLE'],
  vat: ['ISSUER', 'ISSUER'],
  activate: ['PENDING', 'AVAILABLE'],
  repay: ['AVAILABLE', 'OWED'],
  spend: ['AVAILABLE', 'ISSUER'],
  hold: ['AVAILABLE', 'HELD'],
  release: ['HELD', 'AVAILABLE'],
  expire: ['AVAILABLE', 'ISSUER'],
  giveBack: ['ISSUER', 'AVAILABLE'],
  revokePending: ['PENDING', 'ISSUER'],
  revoke: ['AVAILABLE', 'ISSUER'],
  owe: ['OWED', 'ISSUER'],
  transfer: ['AVAILABLE', 'AVAILABLE'],
} as const satisfies Record<string, readonly [AccountPart, AccountPart]>;

type Needed = Partial<Record<TransactionKind, readonly LineName[]>>;

/** What happens to value of a card, however VAT treats it. A card owes nothing and has nothing pending. */
const cardLines: Needed = {
  BURN: ['spend'],
  HOLD: ['hold'],
  CAPTURE: ['spend', 'release'],
  RELEASE: ['release'],
  HOLD_EXPIRY: ['release'],
  EXPIRY: ['expire'],
  REFUND: ['giveBack'],
  REVERSAL: ['giveBack'],
  TRANSFER: ['transfer'],
};

/** The lines that the ledger needs, by value and event. */
const linesNeeded: Record<TemplateValue, Needed> = {
  POINTS: {
    EARN: ['grant', 'grantPending', 'repay'],
    ACTIVATION: ['activate', 'repay'],
    BURN: ['spend'],
    HOLD: ['hold'],
    CAPTURE: ['spend', 'release', 'repay'],
    RELEASE: ['release', 'repay'],
    HOLD_EXPIRY: ['release', 'repay'],
    EXPIRY: ['expire'],
    REFUND: ['giveBack', 'repay'],
    RETURN: ['revokePending', 'revoke', 'owe'],
    REVERSAL: ['giveBack', 'repay', 'revokePending', 'revoke', 'owe'],
    TRANSFER: ['transfer', 'repay'],
  },
  MPV: { ...cardLines, SALE: ['sell'] },
  SPV: { ...cardLines, SALE: ['sell', 'vat'] },
  PROMOTIONAL: { ...cardLines, GRANT: ['grant'] },
};

/** The category of lots whose value it is. */
const categoryOf: Record<TemplateValue, Category> = {
  POINTS: 'POINTS',
  MPV: 'PAID',
  SPV: 'PAID',
  PROMOTIONAL: 'PROMOTIONAL',
};

/** The value of a lot, as templates tell it apart. */
export function templateValueOf({ category, vatType }: Pick<Lot, 'category' | 'vatType'>): TemplateValue {
  if (category === 'PAID') return vatType === 'SPV' ? 'SPV' : 'MPV';
  return category;
}

/**
 * Posting templates, all versions of them. A version of an event is whole: it has a line for everything that the event may
 * move, so the version that a transaction was made by says how each of its postings came about. The newest one is in force.
 */
export class TemplateBook {
  readonly #newest = new Map<TransactionKind, number>();
  readonly #inForce = new Map<string, TemplateLine>();
  readonly #lines: readonly TemplateLine[];

  /**
   * @param parts what part each kind of account plays, by the chart of accounts
   * @throws when a line connects what it must not
   */
  constructor(lines: readonly TemplateLine[], parts: ReadonlyMap<string, AccountPart>) {
    this.#lines = lines;
    for (const line of lines) {
      assertConnects(line, parts);
      this.#newest.set(line.event, Math.max(line.version, this.#newest.get(line.event) ?? 0));
    }
    for (const line of lines) {
      if (line.version !== this.#newest.get(line.event)) continue;
      this.#inForce.set(keyOf(line.event, line.value, line.line), line);
    }
  }

  /**
   * The line in force.
   * @throws when there is none
   */
  line(event: TransactionKind, value: TemplateValue, name: LineName): TemplateLine {
    const line = this.#inForce.get(keyOf(event, value, name));
    if (line === undefined) throw new Error(`There is no posting template for ${event} of ${value}: line ${name}.`);
    return line;
  }

  /** The lines of a version of an event, old ones too. */
  linesOf(event: TransactionKind, version: number): TemplateLine[] {
    return this.#lines.filter((line) => line.event === event && line.version === version);
  }

  /**
   * Makes sure that everything the ledger does can be posted, and that points, paid and given value never mix.
   * @param categories the category of each kind of account that holders have
   * @throws when a line that the ledger needs is missing, or moves value of another category than its own
   */
  assertComplete(categories: ReadonlyMap<string, Category>): void {
    for (const line of this.#lines) {
      const own = categoryOf[line.value];
      const others = [line.debitKind, line.creditKind].filter((kind) => (categories.get(kind) ?? own) !== own);
      if (others.length > 0)
        throw new Error(`Posting template ${nameOf(line)}: ${others[0]} is not for ${line.value}.`);
    }
    for (const value of templateValues) {
      for (const [event, needed] of Object.entries(linesNeeded[value])) {
        for (const line of needed) this.line(event as TransactionKind, value, line);
      }
    }
  }
}

function keyOf(event: string, value: string, line: string): string {
  return `${event} ${value} ${line}`;
}

function nameOf({ event, value, version, line }: TemplateLine): string {
  return `${event} of ${value}, version ${version}, line ${line}`;
}

function assertConnects(line: TemplateLine, parts: ReadonlyMap<string, AccountPart>): void {
  const [from, to] = [parts.get(line.debitKind), parts.get(line.creditKind)];
  const name = nameOf(line);
  if (from === undefined || to === undefined) {
    throw new Error(`Posting template ${name}: not in the chart of accounts.`);
  }
  const wanted = Object.entries(linesParts).find(([known]) => known === line.line)?.[1];
  if (wanted === undefined) throw new Error(`Posting template ${name}: the ledger knows no such line.`);
  const [wantedFrom, wantedTo] = wanted;
  // What is captured was held: the one line that starts from two parts.
  const isCapture = line.event === 'CAPTURE' && line.line === 'spend';
  const isFromRight = isCapture ? from === 'HELD' : from === wantedFrom;
  if (!isFromRight || to !== wantedTo) {
    throw new Error(`Posting template ${name}: leads from ${from} to ${to} instead of ${wantedFrom} to ${wantedTo}.`);
  }
}
