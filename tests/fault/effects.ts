import type { Consumer, EventBus, ReceivedEvent } from '@localplus/event-bus';
import { recordEachOnce } from '@localplus/outbox';
import { type OutboxSchema, testTopic } from '@localplus/outbox/testing';
import { withTransaction } from '@localplus/postgres';

const consumer = 'effects';

/** What a consumer made of the events: a row for each, which a second delivery would double. */
export class Effects {
  /** Events that were handed over, each as often as it came. */
  deliveries = 0;
  readonly #outbox: OutboxSchema;

  private constructor(outbox: OutboxSchema) {
    this.#outbox = outbox;
  }

  static async in(outbox: OutboxSchema): Promise<Effects> {
    await outbox.pool.query(
      'create table effects (position bigint generated always as identity, aggregate text, version bigint)',
    );
    return new Effects(outbox);
  }

  /**
   * Joins the group that makes the effects: each in the transaction that notes its event.
   * @param onMade hears of a partition whose effects were committed
   */
  follow(bus: EventBus, topic: string = testTopic, onMade?: (partition: number) => void): Promise<Consumer> {
    return bus.consumeAsGroup({
      group: 'proof.effects',
      topics: [topic],
      handler: async ({ partition, events }) => {
        this.deliveries += events.length;
        await this.#make(events);
        onMade?.(partition);
      },
    });
  }

  async #make(events: readonly ReceivedEvent[]): Promise<void> {
    // A batch may hold an event twice.
    const byId = new Map(events.map((event) => [event.headers.ce_id ?? '', event]));
    await withTransaction(this.#outbox.pool, async (client) => {
      const isNew = await recordEachOnce(client, consumer, [...byId.keys()]);
      const fresh = [...byId].filter(([id]) => isNew.has(id)).map(([, event]) => event);
      await client.query(
        `insert into effects (aggregate, version)
         select aggregate, version from unnest($1::text[], $2::bigint[]) with ordinality e (aggregate, version, n) order by n`,
        [fresh.map(({ key }) => key), fresh.map(({ headers }) => headers.aggregateversion)],
      );
    });
  }

  async count(): Promise<number> {
    const { rows } = await this.#outbox.pool.query<{ count: bigint }>('select count(*) as count from effects');
    return Number(rows[0]?.count ?? 0n);
  }

  /** Commits that the outbox has taken. */
  async committed(): Promise<number> {
    const { rows } = await this.#outbox.pool.query<{ sum: string | null }>(
      'select sum(version)::text as sum from aggregates',
    );
    return Number(rows[0]?.sum ?? 0);
  }

  /** Says how many versions of each aggregate there are, for events that were published without the outbox. */
  async expect(versions: ReadonlyMap<string, number>): Promise<void> {
    await this.#outbox.pool.query(
      'insert into aggregates (id, version) select * from unnest($1::text[], $2::bigint[])',
      [[...versions.keys()], [...versions.values()]],
    );
  }

  /** Aggregates whose effects are not each of their versions, once, in order. Empty when all is well. */
  async wrongAggregates(): Promise<unknown[]> {
    const { rows } = await this.#outbox.pool.query(
      `select a.id, a.version, e.versions
       from aggregates a
       full join (select aggregate, array_agg(version order by position) as versions from effects group by aggregate) e
         on e.aggregate = a.id
       where e.versions is distinct from (select array_agg(n) from generate_series(1, a.version) n)`,
    );
    return rows;
  }
}
