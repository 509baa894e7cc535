import type { Operation } from '../../src/domain/operation.ts';
import { PostingWriter, type Written } from '../../src/store/posting-writer.ts';
import type { HouseMerchant, LedgerHouse } from '../ledger-house.ts';
import { assetOf } from '../requests.ts';
import type { Coverage } from './coverage.ts';
import { modelLimits } from './limits.ts';
import { type Sequence, walletCount } from './steps.ts';
import { type Command, dayAt, World } from './world.ts';

/** Each part of each holder as its accounts have it, and as all its postings make it. */
const partsOfWallets = `
  SELECT h.id, h.version, (SELECT count(*) FROM balance_change c WHERE c.holder_id = h.id) AS changes, a.part,
         sum(a.balance)::bigint AS balance, sum(replay.balance)::bigint AS replayed
  FROM holder h JOIN account a ON a.holder_id = h.id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE side.side WHEN a.normal_side THEN p.amount ELSE -p.amount END), 0) AS balance
    FROM balance_change c JOIN posting p ON p.transaction_id = c.transaction_id
    CROSS JOIN LATERAL (VALUES (p.debit_account_id, 'DEBIT'), (p.credit_account_id, 'CREDIT')) side (account_id, side)
    WHERE c.holder_id = h.id AND side.account_id = a.id
  ) replay
  WHERE h.id = ANY ($1) GROUP BY h.id, a.part`;

interface PartRow {
  id: string;
  version: bigint;
  changes: bigint;
  part: 'PENDING' | 'AVAILABLE' | 'HELD' | 'OWED';
  balance: bigint;
  replayed: bigint;
}

/** A command that was sent, and what had to become of it. */
type Expected = [command: Command, status: string];

/** Plays sequences through a writer on a real database, several commands together, and compares them with the model. */
export class WriterLedger {
  readonly #house: LedgerHouse;
  readonly #writer: PostingWriter;
  readonly #coverage: Coverage;
  readonly #newId: () => string;
  #day = 0;

  constructor(house: LedgerHouse, coverage: Coverage, newId: () => string) {
    this.#house = house;
    this.#coverage = coverage;
    this.#newId = newId;
    this.#writer = new PostingWriter({
      batch: { ...house.batch, newId, clock: () => dayAt(this.#day) },
      wakeOutbox: () => undefined,
      tellWallet: async () => 'CURRENT',
    });
  }

  /** @throws when the ledger and the model part */
  async play({ steps, kind, hasLimits }: Sequence): Promise<void> {
    const merchant = await this.#house.addMerchant();
    const world = await this.#openWorld(merchant, { kind, hasLimits });
    this.#day = 0;
    this.#coverage.begin();
    let batch: Expected[] = [];
    let version = 1n;
    const { merchantId, storeIds } = merchant;
    const hear = (isLive: boolean) => {
      version += 1n;
      return this.#house.hear({ merchantId, storeIds, status: isLive ? 'LIVE' : 'SUSPENDED', version });
    };
    for (const { command: plan, days, isSuspended, isGrouped } of steps) {
      if (days > 0 || isSuspended || !isGrouped) batch = await this.#send(world, merchant, batch);
      world.model.now += days;
      this.#day = world.model.now;
      const command = plan(world);
      if (command === undefined) continue;
      if (isAboutOneOf(command.operation, batch)) batch = await this.#send(world, merchant, batch);
      world.isLive = !isSuspended;
      if (isSuspended) await hear(false);
      batch.push([command, world.expect(command)]);
      if (isSuspended) {
        batch = await this.#send(world, merchant, batch);
        await hear(true);
      }
    }
    await this.#send(world, merchant, batch);
    await this.#compare(world);
  }

  async #openWorld(merchant: HouseMerchant, { kind, hasLimits }: Omit<Sequence, 'steps'>): Promise<World> {
    const open = async () => {
      if (kind === 'card') return this.#house.openCard(merchant);
      return this.#house.holder((await this.#house.openWallet(merchant)).holderId);
    };
    const holders = [];
    while (holders.length < walletCount) holders.push(await open());
    const limits = hasLimits ? modelLimits : [];
    for (const { movement, countedPer, period, amountMax, countMax } of limits) {
      const maximums = { amountMax: bigIntOf(amountMax), countMax: bigIntOf(countMax) };
      const assetCode = kind === 'card' ? 'EUR' : merchant.pointAssetCode;
      await this.#house.setLimit(merchant, { movement, countedPer, period, timeZone: 'UTC', assetCode, ...maximums });
    }
    const [first] = holders;
    if (first === undefined) throw new Error('There is no wallet.');
    return new World({ holders, assetId: assetOf(first), limits, newId: this.#newId });
  }

  /** Sends what was gathered as one unit, and begins to gather anew. */
  async #send(world: World, { merchant }: HouseMerchant, batch: readonly Expected[]): Promise<Expected[]> {
    if (batch.length === 0) return [];
    const requests = batch.map(([command]) => world.requestOf(command, merchant));
    const written = await this.#writer.postAll(requests, { isAtomic: false });
    for (const [index, [command, wanted]] of batch.entries()) {
      const got = written[index];
      this.#coverage.add(command.name, got?.status ?? 'nothing');
      if (got?.status !== wanted || !isOwnResult(got, command)) {
        const sent = batch.map(([{ name }, status]) => `${name} ${status}`).join(', ');
        throw new Error(`${command.name} was ${got?.status} and should be ${wanted}, in a batch of ${sent}.`);
      }
    }
    return [];
  }

  async #compare({ holders, model }: World): Promise<void> {
    const { rows } = await this.#house.pool.query<PartRow>(partsOfWallets, [holders.map(({ id }) => id)]);
    for (const { id, version, changes, part, balance, replayed } of rows) {
      const figures = model.figures(holders.findIndex((holder) => holder.id === id));
      const { pending, available, held, owed } = figures;
      const wanted = { PENDING: pending, AVAILABLE: available, HELD: held, OWED: owed }[part];
      if (balance !== BigInt(wanted) || replayed !== balance) {
        throw new Error(`${part} is ${balance}, by replay ${replayed}, and should be ${wanted}.`);
      }
      if (version !== changes) throw new Error(`Version ${version} came of ${changes} changes.`);
    }
  }
}

/** Whether a command is about a transaction that the batch is going to make: nobody knows that before it is answered. */
function isAboutOneOf(operation: Operation, batch: readonly Expected[]): boolean {
  const about = [
    'originalId' in operation ? operation.originalId : undefined,
    'spentId' in operation ? operation.spentId : undefined,
  ];
  return batch.some(([{ transactionId }]) => about.includes(transactionId));
}

/** Whether an answer is about the command's own transaction, the first time and every other. */
function isOwnResult(written: Written, { transactionId, operation }: Command): boolean {
  if (operation.type === 'SETTLE') return true;
  if (written.status === 'REPLAYED') return written.transactionIds.includes(transactionId);
  if (written.status === 'DONE') return written.transactions.some(({ id }) => id === transactionId);
  return true;
}

function bigIntOf(amount: number | undefined): bigint | undefined {
  return amount === undefined ? undefined : BigInt(amount);
}
