import { createTestDatabase } from '@localplus/test-database';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LedgerHouse, openLedgerHouse } from '../../test/ledger-house.ts';
import { burning } from '../../test/requests.ts';
import { loadTemplates } from './template-rows.ts';

let house: LedgerHouse;
let admin: pg.Client;

beforeEach(async () => {
  house = await openLedgerHouse(await createTestDatabase());
  admin = new pg.Client({ connectionString: house.database.adminConnectionString });
  await admin.connect();
});

afterEach(async () => {
  await admin.end();
  await house.close();
});

/** Brings a version of an event, line by line, as a migration would. */
const bring = (event: string, version: number, lines: [value: string, line: string, from: string, to: string][]) =>
  admin.query(
    `INSERT INTO ledger.posting_template (event, value, version, line, debit_kind, credit_kind)
     SELECT $1, l.value, $2, l.line, l.debit_kind, l.credit_kind
     FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) l (value, line, debit_kind, credit_kind)`,
    [event, version, ...[0, 1, 2, 3].map((column) => lines.map((line) => line[column]))],
  );

const burnLines = (to: string): [string, string, string, string][] => [
  ['POINTS', 'spend', 'POINTS_LIABILITY', to],
  ['MPV', 'spend', 'CARD_LIABILITY', 'MERCHANT_SETTLEMENT'],
  ['SPV', 'spend', 'CARD_LIABILITY', 'MERCHANT_SETTLEMENT'],
  ['PROMOTIONAL', 'spend', 'PROMOTION_LIABILITY', 'MERCHANT_SETTLEMENT'],
];

test('every row of the table of postings has its templates', async () => {
  const book = await loadTemplates(house.pool);
  const move = (event: Parameters<typeof book.line>[0], ...of: [Parameters<typeof book.line>[1], string][]) =>
    of.map(([value, name]) => {
      const { debitKind, creditKind } = book.line(event, value, name as Parameters<typeof book.line>[2]);
      return `${debitKind} -> ${creditKind}`;
    });
  expect({
    sellMpv: move('SALE', ['MPV', 'sell']),
    sellSpv: move('SALE', ['SPV', 'sell'], ['SPV', 'vat']),
    promotional: move('GRANT', ['PROMOTIONAL', 'grant']),
    hold: move('HOLD', ['MPV', 'hold'], ['PROMOTIONAL', 'hold'], ['POINTS', 'hold']),
    capture: move('CAPTURE', ['SPV', 'spend'], ['PROMOTIONAL', 'spend'], ['POINTS', 'spend']),
    release: move('RELEASE', ['MPV', 'release'], ['PROMOTIONAL', 'release'], ['POINTS', 'release']),
    refund: move('REFUND', ['SPV', 'giveBack'], ['PROMOTIONAL', 'giveBack'], ['POINTS', 'giveBack']),
    expire: move('EXPIRY', ['MPV', 'expire'], ['PROMOTIONAL', 'expire'], ['POINTS', 'expire']),
    transfer: move('TRANSFER', ['MPV', 'transfer'], ['POINTS', 'transfer']),
    earn: move('EARN', ['POINTS', 'grantPending']),
    activate: move('ACTIVATION', ['POINTS', 'activate']),
    redeem: move('BURN', ['POINTS', 'spend']),
    earnReversal: move('REVERSAL', ['POINTS', 'revoke'], ['POINTS', 'owe']),
  }).toEqual({
    sellMpv: ['TENDER_CLEARING -> CARD_LIABILITY'],
    sellSpv: ['TENDER_CLEARING -> CARD_LIABILITY', 'TENDER_CLEARING -> VAT_PAYABLE'],
    promotional: ['PROMOTION_EXPENSE -> PROMOTION_LIABILITY'],
    hold: [
      ...['CARD_LIABILITY -> CARD_HELD', 'PROMOTION_LIABILITY -> PROMOTION_HELD', 'POINTS_LIABILITY -> POINTS_HELD'],
    ],
    capture: [
      ...['CARD_HELD -> MERCHANT_SETTLEMENT', 'PROMOTION_HELD -> MERCHANT_SETTLEMENT'],
      'POINTS_HELD -> REWARD_CLEARING',
    ],
    release: [
      ...['CARD_HELD -> CARD_LIABILITY', 'PROMOTION_HELD -> PROMOTION_LIABILITY', 'POINTS_HELD -> POINTS_LIABILITY'],
    ],
    refund: [
      ...['MERCHANT_SETTLEMENT -> CARD_LIABILITY', 'MERCHANT_SETTLEMENT -> PROMOTION_LIABILITY'],
      'REWARD_CLEARING -> POINTS_LIABILITY',
    ],
    expire: [
      ...['CARD_LIABILITY -> BREAKAGE_INCOME', 'PROMOTION_LIABILITY -> BREAKAGE_INCOME'],
      'POINTS_LIABILITY -> BREAKAGE_INCOME',
    ],
    transfer: ['CARD_LIABILITY -> CARD_LIABILITY', 'POINTS_LIABILITY -> POINTS_LIABILITY'],
    earn: ['POINTS_COST -> POINTS_PENDING'],
    activate: ['POINTS_PENDING -> POINTS_LIABILITY'],
    redeem: ['POINTS_LIABILITY -> REWARD_CLEARING'],
    earnReversal: ['POINTS_LIABILITY -> POINTS_COST', 'POINTS_RECEIVABLE -> POINTS_COST'],
  });
});

test('a new version is in force from the next start, and transactions keep the one that they were made by', async () => {
  const wallet = await house.openWallet(await house.addMerchant(), 100n);
  const holder = await house.holder(wallet.holderId);
  const spend = async () => house.run([await house.earning(wallet.holderId, 1n, burning(holder, 10n))]);
  await spend();
  await bring('BURN', 2, burnLines('BREAKAGE_INCOME'));
  const book = await loadTemplates(house.pool);
  Object.assign(house.batch, { templates: book });
  await spend();
  const { rows } = await house.pool.query<{ version: number; kind: string }>(
    `SELECT t.template_version AS version, c.kind FROM transaction t JOIN posting p ON p.transaction_id = t.id
     JOIN account c ON c.id = p.credit_account_id WHERE t.holder_id = $1 AND t.kind = 'BURN' ORDER BY t.holder_version`,
    [wallet.holderId],
  );
  expect(rows).toEqual([
    { version: 1, kind: 'REWARD_CLEARING' },
    { version: 2, kind: 'BREAKAGE_INCOME' },
  ]);
  for (const { version, kind } of rows) {
    expect(book.linesOf('BURN', version)).toContainEqual(
      expect.objectContaining({ value: 'POINTS', creditKind: kind }),
    );
  }
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    'leads to an account of another part',
    () => bring('BURN', 2, [...burnLines('POINTS_HELD')]),
    'Posting template BURN of POINTS, version 2, line spend: leads from AVAILABLE to HELD instead of AVAILABLE to ISSUER.',
  ],
  [
    'moves given value for paid',
    () =>
      bring('BURN', 2, [
        ...burnLines('REWARD_CLEARING').slice(0, 1),
        ['MPV', 'spend', 'PROMOTION_LIABILITY', 'MERCHANT_SETTLEMENT'],
        ...burnLines('REWARD_CLEARING').slice(2),
      ]),
    'Posting template BURN of MPV, version 2, line spend: PROMOTION_LIABILITY is not for MPV.',
  ],
  [
    'is not whole',
    () => bring('BURN', 2, burnLines('REWARD_CLEARING').slice(0, 3)),
    'There is no posting template for BURN of PROMOTIONAL: line spend.',
  ],
  [
    'has a line that the ledger does not know',
    () => bring('BURN', 2, [...burnLines('REWARD_CLEARING'), ['POINTS', 'tip', 'POINTS_LIABILITY', 'REWARD_CLEARING']]),
    'Posting template BURN of POINTS, version 2, line tip: the ledger knows no such line.',
  ],
])('a template that %s ends the start with one line', async (_how, change, message) => {
  await change();
  await expect(loadTemplates(house.pool)).rejects.toThrow(message);
  expect(message).not.toContain('\n');
});
