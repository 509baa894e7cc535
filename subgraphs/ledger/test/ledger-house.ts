import { randomUUID } from 'node:crypto';
import { fromUuid, newId, toUuid } from '@localplus/identifiers';
import { createPool } from '@localplus/postgres';
import { openHolder } from '../src/commands/open-holder.ts';
import type { PostingCommands } from '../src/commands/post-once.ts';
import type { BalanceChange } from '../src/domain/balance-change.ts';
import type { Holder } from '../src/domain/holder.ts';
import type { MerchantNews, ReadProgramNews } from '../src/domain/news.ts';
import { earnPostings, type PostingRequest } from '../src/domain/posting.ts';
import type { ProgramVersion } from '../src/domain/program.ts';
import { createProgramFinder } from '../src/queries/find-program.ts';
import { createHolderDirectory } from '../src/store/holder-directory.ts';
import { type BalanceState, PostingWriter } from '../src/store/posting-writer.ts';
import { saveMerchant, saveProgram } from '../src/store/projection-rows.ts';

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
}

/** A ledger on a database of its own, without doors. */
export class LedgerHouse {
  readonly database: HouseDatabase;
  readonly pool: Pool;
  readonly writerPool: Pool;
  readonly writer: PostingWriter;
  readonly commands: PostingCommands;
  /** Everything that the wallet was told, in order. */
  readonly told: BalanceChange[][] = [];
  /** The clock of the commands; null is the system's. */
  now: Date | null = null;

  constructor(database: HouseDatabase, { tellWallet, readNews, connectionsMax = 16 }: HouseOptions) {
    this.database = database;
    const connectionString = database.connectionString('ledger');
    this.pool = createPool({ connectionString, name: 'ledger test', max: connectionsMax });
    this.writerPool = createPool({ connectionString, name: 'ledger test writer', max: 2 });
    const tell = async (changes: readonly BalanceChange[]) => {
      this.told.push([...changes]);
      return tellWallet ? tellWallet(changes) : 'CURRENT';
    };
    this.writer = new PostingWriter({ pool: this.writerPool, wakeOutbox: () => undefined, tellWallet: tell });
    this.commands = {
      sql: this.pool,
      findHolder: createHolderDirectory(this.pool),
      findProgram: createProgramFinder({ pool: this.pool, readNews: readNews ?? (async () => undefined) }),
      writer: this.writer,
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

  async openWallet(merchant: HouseMerchant, points = 0n): Promise<HouseWallet> {
    const { merchantId, programId, pointAssetCode } = merchant;
    const [holderId, consumerId] = [uuid('wal'), uuid('con')];
    const assets = [{ code: pointAssetCode, scale: 0 }];
    await openHolder(this.pool, { holderId, kind: 'wallet', merchantId, programId, consumerId, assets });
    if (points > 0n) await this.writer.post(await this.earning(holderId, points));
    const [wallet, consumer] = [fromUuid('wal', holderId), fromUuid('con', consumerId)];
    return { ...merchant, holderId, consumerId, wallet, consumer };
  }

  async holder(holderId: string): Promise<Holder> {
    const holder = await this.commands.findHolder(holderId);
    if (holder === undefined) throw new Error('There is no such holder.');
    return holder;
  }

  /** A request that gives points to a holder; `more` replaces parts of it. */
  async earning(holderId: string, points: bigint, more: Partial<PostingRequest> = {}): Promise<PostingRequest> {
    const holder = await this.holder(holderId);
    const asset = holder.accounts[0]?.assetCode ?? '';
    return {
      transactionId: uuid('trx'),
      scope: fromUuid('mer', holder.merchantId),
      key: newKey(),
      command: 'test',
      inputHash: Buffer.alloc(32, 1),
      kind: 'EARN',
      holder,
      programVersion: 1,
      storeId: undefined,
      reference: undefined,
      purchase: { amountMinor: 100n, currency: 'EUR' },
      reverses: undefined,
      occurredAt: new Date(),
      actor: { kind: 'staff', id: 'test' },
      postings: earnPostings(holder, asset, points),
      ...more,
    };
  }

  /** The holder's version and its balance of points, as the accounts have them. */
  async stateOf(holderId: string): Promise<{ version: bigint; balance: bigint }> {
    const { rows } = await this.pool.query<{ version: bigint; balance: bigint }>(
      'SELECT h.version, a.balance FROM holder h JOIN account a ON a.holder_id = h.id WHERE h.id = $1',
      [holderId],
    );
    const state = rows[0];
    if (state === undefined) throw new Error('There is no such holder.');
    return state;
  }

  async close(): Promise<void> {
    await this.writer.stop();
    await Promise.all([this.pool.end(), this.writerPool.end()]);
    await this.database.drop();
  }
}

/** Opens a ledger on an empty database. */
export function openLedgerHouse(database: HouseDatabase, options: HouseOptions = {}): LedgerHouse {
  return new LedgerHouse(database, options);
}
