import { expect, test } from 'vitest';
import type { Holder } from './holder.ts';
import { burnPostings, earnPostings, reversedPostings } from './posting.ts';
import { isReversible } from './transaction.ts';

const assetCode = 'PTS.01jd00000000000000000000aa';
const holder: Holder = {
  id: 'holder',
  kind: 'wallet',
  merchantId: 'merchant',
  programId: 'program',
  consumerId: 'consumer',
  accounts: [
    { id: 'liability', kind: 'POINTS_LIABILITY', assetCode },
    { id: 'cost', kind: 'POINTS_COST', assetCode },
    { id: 'clearing', kind: 'REWARD_CLEARING', assetCode },
  ],
};

test('earned points: debit their cost, credit what is owed', () => {
  expect(earnPostings(holder, assetCode, 5n)).toEqual([
    { debitAccountId: 'cost', creditAccountId: 'liability', amount: 5n },
  ]);
});

test('spent points: debit what is owed, credit what is to be settled', () => {
  expect(burnPostings(holder, assetCode, 5n)).toEqual([
    { debitAccountId: 'liability', creditAccountId: 'clearing', amount: 5n },
  ]);
});

test('a reversal moves every amount back, the last one first', () => {
  const postings = [...earnPostings(holder, assetCode, 5n), ...burnPostings(holder, assetCode, 2n)];
  expect(reversedPostings(postings)).toEqual([
    { debitAccountId: 'clearing', creditAccountId: 'liability', amount: 2n },
    { debitAccountId: 'liability', creditAccountId: 'cost', amount: 5n },
  ]);
});

test('a holder without an account of the asset is a fault, not a posting to another asset', () => {
  expect(() => earnPostings(holder, 'EUR', 5n)).toThrow('no POINTS_COST account in EUR');
});

test('everything can be reversed but a reversal', () => {
  expect((['EARN', 'BURN', 'REVERSAL'] as const).map((kind) => isReversible({ kind }))).toEqual([true, true, false]);
});
