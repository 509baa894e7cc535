import { randomUUID } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import { type DefineLimit, defineLimit } from '../src/commands/define-limit.ts';
import { endLimit } from '../src/commands/end-limit.ts';
import { openHolder } from '../src/commands/open-holder.ts';
import type { PostingCommands } from '../src/commands/posting-commands.ts';
import { availableOf, type Balance } from '../src/domain/balance.ts';
import type { BalanceChange } from '../src/domain/balance-change.ts';
import type { Decision } from '../src/domain/engine/decide.ts';
import type { Holder } from '../src/domain/holder.ts';
import type { LotPeriod } from '../src/domain/lot.ts';
import type { MerchantNews, ReadProgramNews } from '../src/domain/news.ts';
import type { OperationRequest } from '../src/domain/operation.ts';
import type { TemplateBook } from '../src/domain/posting-template.ts';
import type { ProgramVersion } from '../src/domain/program.ts';
import type { Purchase } from '../src/domain/transaction.ts';
import { createProgramFinder } from '../src/queries/find-program.ts';
import { DryRunner } from '../src/store/dry-runner.ts';
import { createHolderDirectory } from '../src/store/holder-directory.ts';
import { createJournalDirectory } from '../src/store/journal-directory.ts';
import { type BalanceState, PostingWriter } from '../src/store/posting-writer.ts';
import { saveMerchant, saveProgram } from '../src/store/projection-rows.ts';
import { type BatchMode, type BatchSettings, runBatch } from '../src/store/run-batch.ts';
import { loadTemplates } from '../src/store/template-rows.ts';
import { staffOf } from './callers.ts';
import { assetOf } from './requests.ts';

/** A merchant with one program, as the ledger has heard of it. Ids are UUIDs unless their name says otherwise. */
export interface HouseMerchant {
  merchantId: string;
  /** `mer_…` */
  merchant: string;
  programId: string;
  pointAssetCode: string;
  storeIds: string[];
  /** `sto_…` */
  stores: string[];
}

/** A wallet as the ledger knows it. */
export interface HouseWallet extends HouseMerchant {
  holderId: string;
  /** `wal_…` */
  wallet: string;
  consumerId: string;
  /** `con_…` */
  consumer: string;
}

/** One point for each euro, since long ago. */
export const terms: ProgramVersion = {
  version: 1,
  startsAt: new Date('2020-01-01T00:00:00Z'),
  points: 1n,
  perAmountMinor: 100n,
  rounding: 'DOWN',
  minimumPurchaseMinor: 0n,
  activationDelayDays: 0,
  validity: { kind: 'UNLIMITED' },
  negativeBalance: 'NEVER',
  refundGraceDays: 0,
};

/** A point's lot that is active at once and never ends. */
const withoutEnd: LotPeriod = { activatesAt: undefined, expiresAt: undefined, inactivityDays: undefined };

const uuid = (prefix: Parameters<typeof newId>[0]) => toUuid(newId(prefix), prefix);

/** A key that nobody used. */
export const newKey = (): string => randomUUID();

type Pool = ReturnType<typeof createPool>;

/** The database that a house stands on; it is dropped with the house. */
interface HouseDatabase {
  connectionString(role: string): string;
  adminConnectionString: string;
  drop(): Promise<void>;
}

interface HouseOptions {
  /** What the wallet answers to the hop; CURRENT unless told. */
  tellWallet?: (changes: readonly BalanceChange[]) => Promise<BalanceState>;
  /** What the merchant subgraph answers; nothing unless told. */
  readNews?: ReadProgramNews;
  /** Connections for reads and direct calls. */
  connectionsMax?: number;
  /** Makes the identifier of something new: a UUID of version 7. */
  newId?: () => string;
}

/** The parts of an earning that a test may choose. */
export type Earning = Partial<OperationRequest> & { period?: Partial<LotPeriod>; purchase?: Purchase };

/** A ledger on a database of its own, without doors. */
export class LedgerHouse {
  readonly database: HouseDatabase;
  readonly pool: Pool;
  readonly writerPool: Pool;
  readonly writer: PostingWriter;
  readonly commands: PostingCommands;
  /** Everything that the wallet was told, in order. */
  readonly told: BalanceChange[][] = [];
  /** What direct batches are run with, on the connections for reads. */
  readonly batch: BatchSettings;
  /** The clock of the commands and of batches; null is the system's, and the database's. */
  now: Date | null = null;

  constructor(
    database: HouseDatabase,
    pool: Pool,
    templates: TemplateBook,
    { tellWallet, readNews, newId: newUuid = () => uuid('lot') }: HouseOptions,
  ) {
    this.database = database;
    this.pool = pool;
    const connectionString = database.connectionString('ledger');
    this.writerPool = createPool({ connectionString, name: 'ledger test writer', max: 2, isPipelined: true });
    const clock = () => this.now ?? undefined;
    this.batch = { pool, templates, newId: newUuid, clock };
    const tell = async (changes: readonly BalanceChange[]) => {
      this.told.push([...changes]);
      return tellWallet ? tellWallet(changes) : 'CURRENT';
    };
    const batch = { ...this.batch, pool: this.writerPool };
    this.writer = new PostingWriter({ batch, wakeOutbox: () => undefined, tellWallet: tell });
    const findHolder = createHolderDirectory(this.pool);
    this.commands = {
      findHolder,
      journal: createJournalDirectory(this.pool, findHolder),
      findProgram: createProgramFinder({ pool: this.pool, readNews: readNews ?? (async () => undefined) }),
      writer: this.writer,
      dryRunner: new DryRunner(this.batch),
      tellWallet: tell,
      now: () => this.now ?? new Date(),
    };
  }

  async addMerchant(versions: readonly ProgramVersion[] = [terms]): Promise<HouseMerchant> {
    const programId = uuid('prg');
    const merchantId = uuid('mer');
    const storeIds = [uuid('sto'), uuid('sto')];
    const pointAssetCode = `PTS.${fromUuid('prg', programId).slice('prg_'.length)}`;
    await this.hear({ merchantId, storeIds, status: 'LIVE', version: 1n });
    await saveProgram(this.pool, { programId, merchantId, version: 1n, currency: 'EUR', pointAssetCode, versions });
    const stores = storeIds.map((id) => fromUuid('sto', id));
    return { merchantId, merchant: fromUuid('mer', merchantId), programId, pointAssetCode, storeIds, stores };
  }

  /** Takes in news of a merchant, in Paris unless told. */
  hear(news: Omit<MerchantNews, 'timeZone' | 'country'> & Partial<MerchantNews>): Promise<void> {
    return saveMerchant(this.pool, { timeZone: 'Europe/Paris', country: 'FR', ...news });
  }

  /** Sets a limit of what a merchant's wallets spend of its points in a day, or another one; answers its `lim_…`. */
  async setLimit({ merchant, pointAssetCode }: HouseMerchant, terms: Partial<DefineLimit>): Promise<string> {
    const unlimited = { country: undefined, timeZone: undefined, amountMax: undefined, countMax: undefined };
    const counted = { movement: 'SPEND', countedPer: 'HOLDER', period: 'DAY' } as const;
    const command = {
      ...unlimited,
      ...counted,
      idempotencyKey: newKey(),
      merchantId: merchant,
      assetCode: pointAssetCode,
    };
    const set = await defineLimit(this.pool, { ...command, ...terms }, staffOf(merchant));
    if ('code' in set) throw new Error(`The limit was refused: ${set.message}`);
    return fromUuid('lim', set.limit.id);
  }

  /** Ends a limit of a merchant. @param limitId `lim_…` */
  async endLimit({ merchant }: HouseMerchant, limitId: string): Promise<void> {
    const ended = await endLimit(this.pool, { idempotencyKey: newKey(), limitId }, staffOf(merchant));
    if ('code' in ended) throw new Error(`The limit could not be ended: ${ended.message}`);
  }

  async openWallet(merchant: HouseMerchant, points = 0n): Promise<HouseWallet> {
    const { merchantId, programId, pointAssetCode } = merchant;
    const [holderId, consumerId] = [uuid('wal'), uuid('con')];
    const assets = [{ code: pointAssetCode, scale: 0 }];
    await openHolder(this.pool, { holderId, kind: 'wallet', merchantId, programId, consumerId, assets });
    if (points > 0n) await this.writer.post(await this.earning(holderId, points));
    const [wallet, consumer] = [fromUuid('wal', holderId), fromUuid('con', consumerId)];
    return { ...merchant, holderId, consumerId, wallet, consumer };
  }

  /** Opens a card that counts in euros. */
  async openCard({ merchantId, programId }: HouseMerchant): Promise<Holder> {
    const [holderId, consumerId] = [uuid('gc'), uuid('con')];
    const assets = [{ code: 'EUR', scale: 2 }];
    await openHolder(this.pool, { holderId, kind: 'card', merchantId, programId, consumerId, assets });
    return this.holder(holderId);
  }

  async holder(holderId: string): Promise<Holder> {
    const holder = await this.commands.findHolder(holderId);
    if (holder === undefined) throw new Error('There is no such holder.');
    return holder;
  }

  /** A request that gives points to a holder; `more` replaces parts of it. */
  async earning(
    holderId: string,
    points: bigint,
    { period, purchase, ...more }: Earning = {},
  ): Promise<OperationRequest> {
    const holder = await this.holder(holderId);
    return {
      transactionId: uuid('trx'),
      scope: fromUuid('mer', holder.merchantId),
      key: newKey(),
      command: 'test',
      inputHash: Buffer.alloc(32, 1),
      holder,
      operation: {
        type: 'EARN',
        assetId: assetOf(holder),
        amount: points,
        period: { ...withoutEnd, ...period },
        purchase: purchase ?? { amountMinor: 100n, currency: 'EUR' },
      },
      programVersion: 1,
      country: 'FR',
      storeId: undefined,
      reference: undefined,
      occurredAt: this.now ?? new Date(),
      actor: { kind: 'staff', id: 'test' },
      ...more,
    };
  }

  /** Runs requests as one batch, by hand: what was decided. */
  async run(requests: readonly OperationRequest[], mode: BatchMode = {}): Promise<Decision[]> {
    return (await runBatch(this.batch, requests, mode)).decisions;
  }

  /** The holder's version and what it has of its points, as the accounts have them. */
  async stateOf(holderId: string): Promise<{ version: bigint; available: bigint } & Omit<Balance, 'asset'>> {
    const { rows } = await this.pool.query<{ version: bigint; posted: bigint; pending: bigint; held: bigint }>(
      `SELECT h.version,
              sum(CASE a.part WHEN 'OWED' THEN -a.balance ELSE a.balance END)::bigint AS posted,
              coalesce(sum(a.balance) FILTER (WHERE a.part = 'PENDING'), 0)::bigint AS pending,
              coalesce(sum(a.balance) FILTER (WHERE a.part = 'HELD'), 0)::bigint AS held
       FROM holder h JOIN account a ON a.holder_id = h.id WHERE h.id = $1 GROUP BY h.version`,
      [holderId],
    );
    const state = rows[0];
    if (state === undefined) throw new Error('There is no such holder.');
    return { ...state, available: availableOf({ ...state, asset: { code: '', scale: 0 } }) };
  }

  async close(): Promise<void> {
    await this.writer.stop();
    await Promise.all([this.pool.end(), this.writerPool.end()]);
    await this.database.drop();
  }
}

/** Opens a ledger on an empty database. */
export async function openLedgerHouse(database: HouseDatabase, options: HouseOptions = {}): Promise<LedgerHouse> {
  const { connectionsMax = 16 } = options;
  const connectionString = database.connectionString('ledger');
  const pool = createPool({ connectionString, name: 'ledger test', max: connectionsMax });
  return new LedgerHouse(database, pool, await loadTemplates(pool), options);
}
