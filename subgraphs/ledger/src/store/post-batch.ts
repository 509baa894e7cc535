import { fromUuid } from '@localplus/identifiers';
import type { PostingOutcome, PostingRequest } from '../domain/posting.ts';
import { type ChangeRow, readChange } from './balance-json.ts';
import type { Sql } from './connection.ts';

interface OutcomeRow extends ChangeRow {
  ordinal: number;
  status: PostingOutcome['status'];
  available: bigint | null;
}

/** One array per parameter of `post_batch`, in their order. */
const itemColumns: readonly ((request: PostingRequest) => unknown)[] = [
  (request) => request.transactionId,
  (request) => request.scope,
  (request) => request.key,
  (request) => request.command,
  (request) => request.inputHash,
  (request) => request.kind,
  (request) => request.holder.id,
  (request) => request.programVersion,
  (request) => request.storeId,
  (request) => request.reference,
  (request) => request.purchase?.amountMinor,
  (request) => request.purchase?.currency,
  (request) => request.reverses?.transactionId,
  (request) => request.reverses?.reason,
  (request) => request.occurredAt,
  (request) => request.actor.kind,
  (request) => request.actor.id,
  (request) => fromUuid('trx', request.transactionId),
  (request) => fromUuid(request.holder.kind === 'wallet' ? 'wal' : 'gc', request.holder.id),
  (request) => fromUuid('mer', request.holder.merchantId),
  (request) => fromUuid('prg', request.holder.programId),
  (request) => fromUuid('con', request.holder.consumerId),
  (request) => request.storeId && fromUuid('sto', request.storeId),
];
const postingColumnCount = 4;
const parameters = Array.from({ length: itemColumns.length + postingColumnCount }, (_, index) => `$${index + 1}`);
const statement = { name: 'post_batch', text: `SELECT * FROM post_batch(${parameters.join(', ')})` };

/**
 * Posts requests in one transaction and one round trip; each is posted or refused on its own.
 * @returns the outcomes in the order of the requests
 * @throws what PostgreSQL says when nothing of the batch was posted, or a connection's error when that is not known
 */
export async function postBatch(sql: Sql, requests: readonly PostingRequest[]): Promise<PostingOutcome[]> {
  const postings = requests.flatMap((request, index) =>
    request.postings.map((posting) => ({ ...posting, item: index + 1 })),
  );
  const { rows } = await sql.query<OutcomeRow>({
    ...statement,
    values: [
      ...itemColumns.map((read) => requests.map(read)),
      postings.map(({ item }) => item),
      postings.map(({ debitAccountId }) => debitAccountId),
      postings.map(({ creditAccountId }) => creditAccountId),
      postings.map(({ amount }) => amount),
    ],
  });
  const rowByOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
  return requests.map((request, index) => {
    const row = rowByOrdinal.get(index + 1);
    if (row === undefined) throw new Error('post_batch left a request without an answer.');
    return toOutcome(request, row);
  });
}

function toOutcome(request: PostingRequest, row: OutcomeRow): PostingOutcome {
  switch (row.status) {
    case 'POSTED':
    case 'REPLAYED': {
      // A key under which this very request was posted: an earlier attempt whose answer was lost.
      const status = row.transaction_id === request.transactionId ? 'POSTED' : row.status;
      return { status, change: readChange(request.holder, row) };
    }
    case 'INSUFFICIENT':
      return { status: row.status, available: row.available ?? 0n };
    default:
      return { status: row.status };
  }
}
