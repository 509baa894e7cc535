import { PrismaPg } from '@prisma/adapter-pg';
import {
  type LoyaltyProgram,
  type Merchant,
  type Partner,
  type PartnerKey,
  type Prisma,
  PrismaClient,
  type StaffMember,
  type Store,
} from './generated/client/client.ts';
import type { Database } from './transaction.ts';

export type { LoyaltyProgram, Merchant, Partner, PartnerKey, Prisma, PrismaClient, StaffMember, Store };

/** Opens the Prisma client that plain entities are read through. It shares the pool, and leaves closing it to its owner. */
export function createPrisma(database: Database): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(database, { schema: 'merchant' }) });
}
