import { type HolderState, storeBalances } from './balance-rows.ts';
import type { Database } from './connection.ts';

/** Holders whose newest stored version is remembered, about 150 bytes each. Who is forgotten costs a statement. */
const rememberedMax = 50_000;

interface Write {
  version: bigint;
  /** Resolves when it has succeeded or failed. */
  ended: Promise<void>;
}

/**
 * Stores balances as hop and feed bring them. Each change comes both ways within milliseconds: whichever is second finds it
 * stored, or waits for the statement of the first. What is remembered is never above what is stored, because versions in
 * the table only go up to what the ledger has committed.
 */
export class BalanceStore {
  readonly #pool: Database;
  readonly #stored = new Map<string, bigint>();
  readonly #underWay = new Map<string, Write>();

  constructor(pool: Database) {
    this.#pool = pool;
  }

  /**
   * Resolves when all of these states, or newer ones, are stored durably.
   * @returns how many this call found newer than what was stored
   */
  async store(states: readonly HolderState[]): Promise<number> {
    const missing = states.filter((state) => !isReached(state, this.#stored.get(state.holderId)));
    if (missing.length === 0) return 0;
    const { own = [], others = [] } = Object.groupBy(missing, (state) =>
      isReached(state, this.#underWay.get(state.holderId)?.version) ? 'others' : 'own',
    );
    const ends = others.map(({ holderId }) => this.#underWay.get(holderId)?.ended);
    const applied = own.length === 0 ? 0 : await this.#write(own);
    await Promise.all(ends);
    // What another call has failed to store is stored by this one.
    return applied + (await this.store(others));
  }

  async #write(states: readonly HolderState[]): Promise<number> {
    const writing = storeBalances(this.#pool, states);
    const ended = writing.then(
      () => undefined,
      () => undefined,
    );
    const writes = states.map((state) => {
      const { holderId, version } = state;
      const write = { version, ended };
      if (!isReached(state, this.#underWay.get(holderId)?.version)) this.#underWay.set(holderId, write);
      return { holderId, write };
    });
    try {
      const applied = await writing;
      for (const state of states) this.#remember(state);
      return applied;
    } finally {
      for (const { holderId, write } of writes) {
        if (this.#underWay.get(holderId) === write) this.#underWay.delete(holderId);
      }
    }
  }

  #remember(state: HolderState): void {
    const { holderId, version } = state;
    const known = this.#stored.get(holderId);
    this.#stored.delete(holderId);
    this.#stored.set(holderId, known !== undefined && isReached(state, known) ? known : version);
    if (this.#stored.size <= rememberedMax) return;
    const [oldest] = this.#stored.keys();
    if (oldest !== undefined) this.#stored.delete(oldest);
  }
}

function isReached({ version }: HolderState, known: bigint | undefined): boolean {
  return known !== undefined && version <= known;
}
