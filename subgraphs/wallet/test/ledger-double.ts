import { newId } from '@localplus/identifiers';
import { createLogger } from '@localplus/logging';
import { rpcStatus, startRpcServer, unary } from '@localplus/rpc';
import {
  type Balance,
  type BalanceChange,
  LedgerServiceService,
  type ListBalanceChangesRequest,
  type ListBalanceChangesResponse,
  type OpenHolderRequest,
  type OpenHolderResponse,
} from '@localplus/rpc/ledger';
import type { InternalKeys } from './internal-keys.ts';

interface Holder {
  opened: OpenHolderRequest;
  changes: BalanceChange[];
}

/** A ledger of a test: the real contract over a real socket, its books in memory. */
export class LedgerDouble {
  /** By identifier in TypeID form. */
  holders = new Map<string, Holder>();
  openCalls = 0;
  listCalls = 0;
  /** Runs before a call is answered, after its effect: throwing makes the outcome unknown to the caller. */
  beforeAnswer: () => Promise<void> | void = () => undefined;
  address = '';
  stop: () => Promise<void> = async () => undefined;

  /** Starts it on a free port, or on the port that it had. */
  async start(keys: InternalKeys, port = 0): Promise<void> {
    const options = {
      verifier: keys.verifier,
      logger: createLogger('ledger-double', { write: () => undefined }),
      allowed: ['wallet'] as const,
    };
    const server = await startRpcServer({
      address: '127.0.0.1',
      port,
      services: [
        {
          definition: LedgerServiceService,
          implementation: {
            openHolder: unary(options, (request: OpenHolderRequest) => this.#open(request)),
            listBalanceChanges: unary(options, (request: ListBalanceChangesRequest) => this.#list(request)),
          },
        },
      ],
    });
    this.address = `127.0.0.1:${server.port}`;
    this.stop = server.stop;
  }

  /** Commits an earning, or with a negative amount a spending, and returns the change. */
  post(holderId: string, points: bigint): BalanceChange {
    const { opened, changes } = this.#holder(holderId);
    const posted = (changes.at(-1)?.balances[0]?.posted ?? 0n) + points;
    const version = BigInt(changes.length) + 1n;
    const change: BalanceChange = {
      ...opened,
      storeId: '',
      transactionId: newId('trx'),
      kind: points < 0n ? 'BALANCE_CHANGE_KIND_BURN' : 'BALANCE_CHANGE_KIND_EARN',
      version,
      deltas: [{ asset: opened.assets[0], posted: points }],
      balances: this.#balances(opened, posted),
      occurredAt: new Date(1_760_000_000_000 + Number(version) * 1_000),
      recordedAt: new Date(1_760_000_000_000 + Number(version) * 1_000),
    };
    changes.push(change);
    return change;
  }

  #balances({ assets }: OpenHolderRequest, posted: bigint): Balance[] {
    return assets.map((asset) => ({ asset, posted, pending: 0n, held: 0n, available: posted }));
  }

  #holder(holderId: string): Holder {
    const holder = this.holders.get(holderId);
    if (!holder) throw rpcStatus('NOT_FOUND', 'There is no such holder.');
    return holder;
  }

  async #open(request: OpenHolderRequest): Promise<OpenHolderResponse> {
    this.openCalls += 1;
    const holder = this.holders.get(request.holderId) ?? { opened: request, changes: [] };
    const isOther = JSON.stringify(holder.opened) !== JSON.stringify(request);
    if (isOther) throw rpcStatus('ALREADY_EXISTS', 'The holder belongs to another owner.');
    this.holders.set(request.holderId, holder);
    await this.beforeAnswer();
    return {
      version: BigInt(holder.changes.length),
      balances: holder.changes.at(-1)?.balances ?? this.#balances(request, 0n),
    };
  }

  async #list({ holderId, afterVersion, limit }: ListBalanceChangesRequest): Promise<ListBalanceChangesResponse> {
    this.listCalls += 1;
    const { opened, changes } = this.#holder(holderId);
    await this.beforeAnswer();
    return {
      changes: changes.filter(({ version }) => version > afterVersion).slice(0, limit),
      currentVersion: BigInt(changes.length),
      currentBalances: changes.at(-1)?.balances ?? this.#balances(opened, 0n),
    };
  }
}
