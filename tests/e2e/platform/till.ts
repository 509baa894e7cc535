import { randomUUID } from 'node:crypto';
import type { Platform } from './start-platform.ts';

/** A balance as the graph writes it: integers as text. */
export interface BalanceValue {
  asset: { code: string; scale: number };
  posted: string;
  pending: string;
  held: string;
  available: string;
}

/** A refusal of any kind, with what the kinds add. */
export interface RefusalAnswer {
  __typename: string;
  code: string;
  message: string;
  [detail: string]: unknown;
}

/** A command that was carried out. */
export interface PostedAnswer {
  __typename: 'EarnPointsSuccess' | 'BurnPointsSuccess' | 'ReverseTransactionSuccess';
  transaction: { id: string; recordedAt: string };
  balances: BalanceValue[];
  version: string;
  isReplay: boolean;
  balanceState: 'CURRENT' | 'CATCHING_UP';
}

export type PostingAnswer = PostedAnswer | RefusalAnswer;

const balanceFields = 'balances { asset { code scale } posted pending held available }';
const postedFields = `transaction { id recordedAt } ${balanceFields} version isReplay balanceState`;
const refusalFields = '... on Refusal { code message }';

export const earnDocument = `mutation Earn($input: EarnPointsInput!) {
  earnPoints(input: $input) { __typename ... on EarnPointsSuccess { ${postedFields} } ${refusalFields} }
}`;
export const burnDocument = `mutation Burn($input: BurnPointsInput!) {
  burnPoints(input: $input) {
    __typename
    ... on BurnPointsSuccess { ${postedFields} }
    ... on LedgerInsufficientBalance { available }
    ${refusalFields}
  }
}`;
export const reverseDocument = `mutation Reverse($input: ReverseTransactionInput!) {
  reverseTransaction(input: $input) {
    __typename
    ... on ReverseTransactionSuccess { ${postedFields} }
    ... on LedgerInsufficientBalance { available }
    ${refusalFields}
  }
}`;
export const walletDocument = `query Wallet($id: ID!) { wallet(id: $id) { id version ${balanceFields} } }`;

/** The purchase that earns so many points in a program of `addMerchant`: one point for each euro. */
export function purchaseOf(points: number): { amountMinor: string; currency: string } {
  return { amountMinor: String(points * 100), currency: 'EUR' };
}

/** A key that was never used. */
export function newKey(): string {
  return randomUUID();
}

/** A purchase at a till. */
export interface EarnRequest {
  walletId: string;
  points: number;
  idempotencyKey?: string;
}

/** Earns points. @throws when the request fails; refusals are answers */
export async function earn(
  platform: Platform,
  token: string,
  { walletId, points, idempotencyKey = newKey() }: EarnRequest,
): Promise<PostingAnswer> {
  const input = { idempotencyKey, walletId, purchase: purchaseOf(points) };
  return (await platform.ask<{ earnPoints: PostingAnswer }>(token, earnDocument, { input })).earnPoints;
}

/** Spends points. @throws when the request fails; refusals are answers */
export async function burn(
  platform: Platform,
  token: string,
  { walletId, points, idempotencyKey = newKey() }: EarnRequest,
): Promise<PostingAnswer> {
  const input = { idempotencyKey, walletId, points: String(points) };
  return (await platform.ask<{ burnPoints: PostingAnswer }>(token, burnDocument, { input })).burnPoints;
}

/** Holds that a command was carried out. @throws with the refusal otherwise */
export function posted(answer: PostingAnswer): PostedAnswer {
  if (!('transaction' in answer)) throw new Error(`The command was refused: ${JSON.stringify(answer)}`);
  return answer as PostedAnswer;
}

/** Reads a wallet; null for whoever may not. */
export async function readWallet(
  platform: Platform,
  token: string,
  id: string,
): Promise<{ id: string; version: string; balances: BalanceValue[] } | null> {
  type Answer = { wallet: { id: string; version: string; balances: BalanceValue[] } | null };
  return (await platform.ask<Answer>(token, walletDocument, { id })).wallet;
}

/** The available points of a holder with one asset. */
export function availableOf({ balances }: { balances: BalanceValue[] }): number {
  if (balances.length !== 1) throw new Error(`One balance was expected: ${JSON.stringify(balances)}`);
  return Number(balances[0]?.available);
}
