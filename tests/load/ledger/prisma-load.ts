import { randomUUID } from 'node:crypto';
import { newUuid } from '@localplus/identifiers';
import { createPrisma } from '@localplus/ledger/testing/load';
import { createPool } from '@localplus/postgres';
import { runStage, type StageResult } from '../measure.ts';
import type { BenchDatabase } from './database.ts';

/** Measured: more only wait for each other. */
const connections = 16;
const transactionLimitMs = 30_000;

/** What of a holder a command works with. */
interface Own {
  id: string;
  merchant_id: string;
  program_id: string;
  asset_id: number;
  available_account_id: string;
  cost_account_id: string;
  clearing_account_id: string;
}

/** The same command as an interactive transaction of Prisma: the same rows, decided between its queries. */
export async function openPrismaLoad({ adminConnectionString, size }: BenchDatabase) {
  const url = new URL(adminConnectionString);
  url.searchParams.set('options', '-c search_path=ledger');
  const pool = createPool({ connectionString: url.href, name: 'bench prisma', max: connections });
  const prisma = createPrisma(pool);
  const { rows } = await pool.query<Own>('SELECT * FROM bench.holder WHERE number < $1', [size.holders]);
  return {
    run: ({ inFlight, durationMs }: { inFlight: number; durationMs: number }): Promise<StageResult> =>
      runStage({
        inFlight,
        durationMs,
        requestsMax: Number.POSITIVE_INFINITY,
        send: async () => {
          const own = rows[Math.floor(Math.random() * rows.length)];
          if (own === undefined) throw new Error('There are no holders.');
          await prisma.$transaction((client) => postOne(client, own, Math.random() < 0.7), {
            maxWait: transactionLimitMs,
            timeout: transactionLimitMs,
          });
        },
      }),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

type Transaction = Parameters<Parameters<ReturnType<typeof createPrisma>['$transaction']>[0]>[0];

async function postOne(client: Transaction, own: Own, isEarning: boolean): Promise<void> {
  const { id: holderId, merchant_id: merchantId, asset_id: assetId } = own;
  const [id, key, at, amount, kind] = [newUuid(), randomUUID(), new Date(), 10n, isEarning ? 'EARN' : 'BURN'];
  const locked = await client.$queryRaw<{ version: bigint }[]>`
    SELECT version FROM ledger.holder WHERE id = ${holderId}::uuid FOR NO KEY UPDATE`;
  const holderVersion = (locked[0]?.version ?? 0n) + 1n;
  // Before its change, which the database compares with it.
  await client.$executeRaw`UPDATE ledger.holder SET version = ${holderVersion} WHERE id = ${holderId}::uuid`;
  await client.$executeRaw`
    INSERT INTO ledger.idempotency (scope, key, command, input_hash, holder_id, transaction_ids, recorded_at)
    VALUES (${merchantId}, ${key}, 'bench', sha256('an input'), ${holderId}::uuid, ARRAY[${id}::uuid], ${at})`;
  const purchaseAmountMinor = isEarning ? amount * 100n : null;
  await client.$executeRaw`
    INSERT INTO ledger.transaction (id, kind, merchant_id, holder_id, holder_version, program_id, program_version,
                                    purchase_amount_minor, purchase_currency, occurred_at, recorded_at, actor_kind, actor_id)
    VALUES (${id}::uuid, ${kind}, ${merchantId}::uuid, ${holderId}::uuid, ${holderVersion}, ${own.program_id}::uuid, 1,
            ${purchaseAmountMinor}, ${isEarning ? 'EUR' : null}, ${at}, ${at}, 'partner', 'bench')`;
  const lotId = isEarning ? newUuid() : await spendFromLot(client, holderId, amount);
  if (isEarning) {
    await client.$executeRaw`
      INSERT INTO ledger.lot (id, holder_id, merchant_id, asset_id, category, vat_type, transaction_id, program_version, earned_at,
                              granted, available)
      VALUES (${lotId}::uuid, ${holderId}::uuid, ${merchantId}::uuid, ${assetId}, 'POINTS', 'DISCOUNT', ${id}::uuid, 1, ${at},
              ${amount}, ${amount})`;
  }
  const [debitAccountId, creditAccountId] = isEarning
    ? [own.cost_account_id, own.available_account_id]
    : [own.available_account_id, own.clearing_account_id];
  const [debitLotId, creditLotId] = isEarning ? [null, lotId] : [lotId, null];
  await client.$executeRaw`
    INSERT INTO ledger.posting (transaction_id, position, merchant_id, debit_account_id, credit_account_id, asset_id, amount,
                                debit_lot_id, credit_lot_id)
    VALUES (${id}::uuid, 1, ${merchantId}::uuid, ${debitAccountId}::uuid, ${creditAccountId}::uuid, ${assetId}, ${amount},
            ${debitLotId}::uuid, ${creditLotId}::uuid)`;
  await client.$executeRaw`
    INSERT INTO ledger.balance_change (holder_id, version, merchant_id, transaction_id, kind, deltas, balances)
    VALUES (${holderId}::uuid, ${holderVersion}, ${merchantId}::uuid, ${id}::uuid, ${kind}, '[]', '[]')`;
  await client.$executeRaw`
    INSERT INTO ledger.outbox (topic, key, aggregate_version, value)
    VALUES ('localplus.ledger.balance-changed.v1', ${holderId}, ${holderVersion}, ${JSON.stringify({ ...own, kind })}::jsonb)`;
  // The issuer's account last: it is the one that others wait for.
  const [ownSide, issuerSide] = isEarning ? (['credits', 'debits'] as const) : (['debits', 'credits'] as const);
  await client.account.update({ where: { id: own.available_account_id }, data: { [ownSide]: { increment: amount } } });
  const issuerAccountId = isEarning ? own.cost_account_id : own.clearing_account_id;
  await client.account.update({ where: { id: issuerAccountId }, data: { [issuerSide]: { increment: amount } } });
}

async function spendFromLot(client: Transaction, holderId: string, amount: bigint): Promise<string> {
  const lot = await client.lot.findFirst({
    where: { holderId, isOpen: true, available: { gte: amount } },
    orderBy: { expiresAt: 'asc' },
  });
  if (lot === null) throw new Error('A holder has no lot to spend from.');
  const data = { available: { decrement: amount }, spent: { increment: amount } };
  await client.lot.update({ where: { id: lot.id }, data });
  return lot.id;
}
