import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { type Account, type Holder, PrismaClient, type Transaction } from './generated/client/client.ts';

export type { Account, Holder, PrismaClient, Transaction };

/** Opens the Prisma client that plain entities are read through. It shares the pool, and leaves closing it to its owner. */
export function createPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool, { schema: 'ledger' }) });
}
