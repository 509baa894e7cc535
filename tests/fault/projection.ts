import type { ReceivedEvent } from '@localplus/event-bus';
import { recordEachOnce } from '@localplus/outbox';
import { type createPool, withTransaction } from '@localplus/postgres';

/** A group's projection that a second delivery would spoil: sums and counts, deduplicated in their own transaction. */
export class Projection {
  readonly #pool: ReturnType<typeof createPool>;
  readonly #name: string;

  constructor(pool: ReturnType<typeof createPool>, name: string) {
    this.#pool = pool;
    this.#name = name;
  }

  async create(): Promise<void> {
    await this.#pool.query(`create table ${this.#name} (
      aggregate text primary key, total bigint not null, version bigint not null, events bigint not null)`);
  }

  async apply(events: readonly ReceivedEvent[]): Promise<void> {
    await withTransaction(this.#pool, async (client) => {
      const isNew = await recordEachOnce(client, this.#name, events.map(identifierOf));
      // A batch may hold an event twice.
      const fresh = new Map(
        events.filter((event) => isNew.has(identifierOf(event))).map((it) => [identifierOf(it), it]),
      );
      await client.query(
        `insert into ${this.#name} as stored
         select aggregate, sum(amount), max(version), count(*)
         from unnest($1::text[], $2::bigint[], $3::bigint[]) event (aggregate, amount, version)
         group by aggregate order by aggregate
         on conflict (aggregate) do update set total = stored.total + excluded.total,
           version = greatest(stored.version, excluded.version), events = stored.events + excluded.events`,
        [
          [...fresh.values()].map(({ key }) => key),
          [...fresh.values()].map(({ value }) => amountOf(value)),
          [...fresh.values()].map(({ headers }) => headers.aggregateversion),
        ],
      );
    });
  }

  /** Every row, as text. */
  async rows(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ row: string }>(
      `select stored::text as row from ${this.#name} stored order by aggregate`,
    );
    return rows.map(({ row }) => row);
  }
}

function identifierOf({ headers }: ReceivedEvent): string {
  return headers.ce_id ?? '';
}

function amountOf(value: unknown): number {
  return typeof value === 'object' && value !== null && 'amount' in value ? Number(value.amount) : Number.NaN;
}
