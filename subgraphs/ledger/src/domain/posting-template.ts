import type { TransactionKind } from './balance-change.ts';
import type { AccountKind, AccountPart } from './chart-of-accounts.ts';
import type { Lot } from './lot.ts';

/** What moves, as templates tell it apart: points, or value of a card by how VAT treats it. */
export type TemplateValue = 'POINTS' | 'MPV' | 'SPV' | 'PROMOTIONAL';

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
export type LineName = keyof typeof linesParts | 'sell' | 'vat';

/** The parts that a line must connect: from, to. `ISSUER` is the merchant's own side. */
const linesParts = {
  grant: ['ISSUER', 'AVAILABLE'],
  grantPending: ['ISSUER', 'PENDING'],
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

/** The lines that an event of points needs. */
const linesNeeded: Partial<Record<TransactionKind, readonly LineName[]>> = {
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
};

/** The value of a lot, as templates tell it apart. */
export function templateValueOf({ category, vatType }: Pick<Lot, 'category' | 'vatType'>): TemplateValue {
  if (category === 'PAID') return vatType === 'SPV' ? 'SPV' : 'MPV';
  return category;
}

/** The newest version of every template. */
export class TemplateBook {
  readonly #lines = new Map<string, TemplateLine>();

  /**
   * @param parts what part each kind of account plays, by the chart of accounts
   * @throws when a line connects what it must not, or one that the ledger needs is missing
   */
  constructor(lines: readonly TemplateLine[], parts: ReadonlyMap<string, AccountPart>) {
    for (const line of lines.toSorted((a, b) => a.version - b.version)) {
      assertConnects(line, parts);
      this.#lines.set(keyOf(line.event, line.value, line.line), line);
    }
    for (const [event, needed] of Object.entries(linesNeeded)) {
      for (const line of needed) this.line(event as TransactionKind, 'POINTS', line);
    }
  }

  /** @throws when there is none */
  line(event: TransactionKind, value: TemplateValue, name: LineName): TemplateLine {
    const line = this.#lines.get(keyOf(event, value, name));
    if (line === undefined) throw new Error(`There is no posting template for ${event} of ${value}: line ${name}.`);
    return line;
  }
}

function keyOf(event: string, value: string, line: string): string {
  return `${event} ${value} ${line}`;
}

function assertConnects(line: TemplateLine, parts: ReadonlyMap<string, AccountPart>): void {
  const [from, to] = [parts.get(line.debitKind), parts.get(line.creditKind)];
  const name = `${line.event} of ${line.value}, version ${line.version}, line ${line.line}`;
  if (from === undefined || to === undefined)
    throw new Error(`Posting template ${name}: not in the chart of accounts.`);
  if (!(line.line in linesParts)) return;
  const [wantedFrom, wantedTo] = linesParts[line.line as keyof typeof linesParts];
  // What is captured was held: the one line that starts from two parts.
  const isFromRight = from === wantedFrom || (line.event === 'CAPTURE' && line.line === 'spend' && from === 'HELD');
  if (!isFromRight || to !== wantedTo) {
    throw new Error(`Posting template ${name}: leads from ${from} to ${to} instead of ${wantedFrom} to ${wantedTo}.`);
  }
}
