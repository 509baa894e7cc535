import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './connection.ts';
import { type Prisma, PrismaClient, type Wallet } from './generated/client/client.ts';

export type { Prisma, PrismaClient, Wallet };

/** Opens the Prisma client that plain entities are read through. It shares the pool, and leaves closing it to its owner. */
export function createPrisma(database: Database): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(database, { schema: 'wallet' }) });
}
