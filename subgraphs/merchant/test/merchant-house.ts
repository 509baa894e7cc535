import { randomBytes } from 'node:crypto';
import { newId, toUuid } from '@localplus/identifiers';
import type { Caller, Role } from '@localplus/identity';
import { createPool } from '@localplus/postgres';
import { addStaffMember } from '../src/commands/add-staff-member.ts';
import { goLive } from '../src/commands/change-status.ts';
import type { CommandTools } from '../src/commands/command.ts';
import { createMerchant } from '../src/commands/create-merchant.ts';
import { createProgram } from '../src/commands/create-program.ts';
import { openStore } from '../src/commands/open-store.ts';
import type { ProgramTerms } from '../src/domain/program.ts';
import { createPrisma, type PrismaClient } from '../src/store/prisma.ts';
import { issuer, operator, staffOf } from './callers.ts';

/** An event as it waits in the outbox. */
export interface OutboxRow {
  topic: string;
  key: string;
  version: bigint;
  value: Record<string, unknown>;
}

/** A merchant of a test, with somebody in each role. */
export interface HouseMerchant {
  id: string;
  ownerId: string;
  owner: Caller;
  manager: Caller;
  cashier: Caller;
}

/** A database of a test's own. */
interface OwnDatabase {
  connectionString(role: string): string;
  drop(): Promise<void>;
}

/** The commands of a merchant subgraph with everything they stand on. */
export interface MerchantHouse extends CommandTools {
  prisma: PrismaClient;
  /** How often the outbox was told of a commit. */
  wakes: number;
  /** What the clock shows. */
  now: Date;
  /** Creates a draft with an owner; the manager and the cashier have rights, and no row. */
  addMerchant(): Promise<HouseMerchant>;
  /** Creates a merchant with a store and a program in force, and takes it live. */
  addLiveMerchant(): Promise<HouseMerchant & { storeId: string; programId: string }>;
  /** Adds a staff member with a row of its own. */
  addStaff(merchant: HouseMerchant, role: Role, subject: string): Promise<string>;
  /** Reads the events of one aggregate in their order. */
  events(topic: string, key: string): Promise<OutboxRow[]>;
  close(): Promise<void>;
}

/** Terms that pass every rule. */
export const terms: ProgramTerms = {
  pointName: 'croissant',
  points: 1n,
  perAmountMinor: 100n,
  rounding: 'DOWN',
  minimumPurchaseMinor: 0n,
  activationDelayDays: 0,
  validity: { kind: 'UNLIMITED' },
  negativeBalance: 'NEVER',
  refundGraceDays: 0,
};

/** A profile that passes every rule. */
export const profile = {
  name: 'Le Fournil',
  legalName: 'SARL Le Fournil',
  country: 'FR',
  timeZone: 'Europe/Paris',
  currency: 'EUR',
};

/** A key that was never used. */
export const newKey = () => newId('evt');

/** Opens what commands need; closing it drops the database. */
export function openMerchantHouse(testDatabase: OwnDatabase): MerchantHouse {
  const database = createPool({
    connectionString: testDatabase.connectionString('merchant'),
    name: 'merchant-test',
    max: 12,
  });
  const prisma = createPrisma(database);
  const house: MerchantHouse = {
    database,
    prisma,
    now: new Date('2026-11-22T10:00:00.000Z'),
    wakes: 0,
    clock: () => house.now,
    randomBytes,
    wakeOutbox: () => {
      house.wakes += 1;
    },
    addMerchant: () => addMerchant(house),
    addLiveMerchant: () => addLiveMerchant(house),
    addStaff: (merchant, role, subject) => addStaff(house, merchant, role, subject),
    events: (topic, key) => readEvents(house, topic, key),
    close: async () => {
      await prisma.$disconnect();
      await database.end();
      await testDatabase.drop();
    },
  };
  return house;
}

async function addMerchant(house: MerchantHouse): Promise<HouseMerchant> {
  const owner = { login: { issuer, subject: `owner-${newKey()}` }, displayName: 'Margaux' };
  const created = await createMerchant(house, operator, { idempotencyKey: newKey(), ...profile, owner });
  const id = created.merchantId;
  const as = (role: Role) => staffOf(id, role);
  return { id, ownerId: created.ownerId, owner: as('owner'), manager: as('manager'), cashier: as('cashier') };
}

async function addLiveMerchant(house: MerchantHouse) {
  const merchant = await addMerchant(house);
  const merchantId = merchant.id;
  const store = { idempotencyKey: newKey(), merchantId, name: 'Croix-Rousse', city: 'Lyon' };
  const { storeId } = await openStore(house, merchant.owner, store);
  const startsAt = new Date(house.now.getTime() - 86_400_000);
  const program = { idempotencyKey: newKey(), merchantId, terms, startsAt };
  const { programId } = await createProgram(house, operator, program);
  await goLive(house, merchant.owner, { idempotencyKey: newKey(), merchantId });
  return { ...merchant, storeId, programId };
}

async function addStaff(house: MerchantHouse, merchant: HouseMerchant, role: Role, subject: string): Promise<string> {
  const member = { login: { issuer, subject }, displayName: 'Camille', role, storeIds: undefined };
  const input = { idempotencyKey: newKey(), merchantId: merchant.id, ...member };
  return (await addStaffMember(house, merchant.owner, input)).staffMemberId;
}

async function readEvents({ database }: MerchantHouse, topic: string, key: string): Promise<OutboxRow[]> {
  const { rows } = await database.query<OutboxRow>(
    'SELECT topic, key, aggregate_version AS version, value FROM outbox WHERE topic = $1 AND key = $2 ORDER BY position',
    [topic, key],
  );
  return rows;
}

/** Counts the rows of a merchant in a table. */
export async function countRows({ database }: MerchantHouse, table: string, merchantId: string): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>(
    `SELECT count(*) AS count FROM ${table} WHERE merchant_id = $1`,
    [toUuid(merchantId, 'mer')],
  );
  return Number(rows[0]?.count);
}

/** What a command threw. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => {
      throw new Error(`it was not refused: ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
