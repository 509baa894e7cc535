import type { Holder } from '../src/domain/holder.ts';
import { burnPostings, type Posting, type PostingRequest, reversedPostings } from '../src/domain/posting.ts';

/** The parts of a request that spends points of a holder. */
export function burning(holder: Holder, points: bigint): Partial<PostingRequest> {
  const asset = holder.accounts[0]?.assetCode ?? '';
  return { kind: 'BURN', purchase: undefined, postings: burnPostings(holder, asset, points) };
}

/** The parts of a request that undoes a transaction. */
export function reversing(transactionId: string, postings: readonly Posting[]): Partial<PostingRequest> {
  const reverses = { transactionId, reason: 'test' };
  return { kind: 'REVERSAL', purchase: undefined, reverses, postings: reversedPostings(postings) };
}
