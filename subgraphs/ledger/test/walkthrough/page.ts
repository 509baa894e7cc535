import type { Balance } from '../../src/domain/balance.ts';
import type { JournalLine, JournalLot } from './journal.ts';
import type { Scene } from './story.ts';

/** A scene, and what it left. */
export interface Played {
  scene: Scene;
  lines: readonly JournalLine[];
  lots: readonly JournalLot[];
  balance: Omit<Balance, 'asset'>;
}

const introduction = `# What the ledger posts: the life of one wallet

Each scene below was played through the ledger's commands on a real database, with a clock of its own; the tables are what the journal
says afterwards. \`pnpm walkthrough\` plays it again and writes this page; \`npm test\` fails when the page no longer says what happens.

A posting moves an amount from its debit to its credit account, so no transaction can be unbalanced. Every posting that moves points of a
holder names the lot that they are of. The accounts of a wallet are:

| account | what it is to the holder |
| --- | --- |
| \`POINTS_PENDING\` | earned, not yet spendable |
| \`POINTS_LIABILITY\` | can be spent |
| \`POINTS_HELD\` | reserved by holds |
| \`POINTS_RECEIVABLE\` | owed: taken back after it was spent |

The other side belongs to the merchant: \`POINTS_COST\`, what points have cost it; \`REWARD_CLEARING\`, what was spent; \`BREAKAGE_INCOME\`,
what expired unused.

This wallet's program: one point for each euro, pending for 14 days, valid for 365 days, and a return may leave a debt.
`;

/** The whole page, in Markdown. */
export function pageOf(scenes: readonly Played[]): string {
  return [introduction, ...scenes.map(sectionOf)].join('\n');
}

function sectionOf({ scene, lines, lots, balance }: Played, index: number): string {
  const { posted, pending, held } = balance;
  return `## ${index + 1}. ${scene.title}

${scene.on}. ${scene.says}

${table(
  ['transaction', 'version', 'debit', 'credit', 'points'],
  lines.map(({ kind, version, debit, debitLot, credit, creditLot, amount }) => {
    return [kind, version, sideOf(debit, debitLot), sideOf(credit, creditLot), amount];
  }),
)}

Posted ${posted}, pending ${pending}, held ${held}: **${posted - pending - held} available**.

${table(
  ['lot', 'active', 'ends', 'granted', 'pending', 'available', 'held', 'spent', 'expired', 'revoked'],
  lots.map(
    ({ name, activatesAt, expiresAt, granted, pending: waiting, available, held: kept, spent, expired, revoked }) => [
      name,
      ...[activatesAt, expiresAt].map(dayOf),
      ...[granted, waiting, available, kept, spent, expired, revoked],
    ],
  ),
)}
`;
}

function table(header: readonly string[], rows: readonly (readonly (string | bigint)[])[]): string {
  const row = (cells: readonly (string | bigint)[]) => `| ${cells.join(' | ')} |`;
  return [row(header), row(header.map(() => '---')), ...rows.map(row)].join('\n');
}

function sideOf(account: string, lot: string | null): string {
  return lot === null ? `\`${account}\`` : `\`${account}\`, lot ${lot}`;
}

function dayOf(instant: Date | null): string {
  return instant?.toISOString().slice(0, 10) ?? '';
}
