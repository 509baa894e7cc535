import type { Pool } from 'pg';
import type { DeadLetterStore, SetAsidePage } from '../dead-letters/dead-letter-store.ts';
import type { PauseScope, ReleaseAction, ReleaseRequest, SetAsideRecord } from '../dead-letters/set-aside-record.ts';
import type { EventHeaders } from '../event.ts';
import { BATCH_BYTES_MAX } from './limits.ts';

/** Whose rows: of one consumer and partition. Without an owner they are a replica's, and nobody is fenced off. */
export type DeadLetterPlace = {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly owner?: { readonly member: string; readonly generation: bigint };
};

type SetAsideRow = {
  record_offset: bigint;
  key: string;
  value: string;
  headers: EventHeaders;
  recorded_at: Date;
  scope: PauseScope;
  reason: string | null;
};

type RequestRow = { record_offset: bigint; key: string; scope: PauseScope; action: ReleaseAction };

/** The rows of `dead_letters` and `dead_letter_requests` as the owner of a partition uses them. */
export class DeadLetterRows implements DeadLetterStore {
  readonly #pool: Pool;
  readonly #place: DeadLetterPlace;

  constructor(pool: Pool, place: DeadLetterPlace) {
    this.#pool = pool;
    this.#place = place;
  }

  async pauses(): Promise<ReadonlyMap<string, bigint>> {
    const { rows } = await this.#pool.query<{ key: string; last_offset: bigint }>(
      `select key, max(record_offset) as last_offset from dead_letters
       where consumer = $1 and topic = $2 and partition = $3 and scope = 'aggregate' group by key`,
      this.#where,
    );
    return new Map(rows.map(({ key, last_offset }) => [key, last_offset]));
  }

  async keep(records: readonly SetAsideRecord[]): Promise<boolean> {
    const { owner } = this.#place;
    const { rows } = await this.#pool.query<{ is_kept: boolean }>(
      `select keep_dead_letters($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb[], $10::timestamptz[], $11, $12) as is_kept`,
      [
        ...this.#where,
        owner?.member,
        owner?.generation,
        records.map(({ offset }) => offset),
        records.map(({ key }) => key),
        records.map(({ value }) => value),
        records.map(({ headers }) => JSON.stringify(headers)),
        records.map(({ time }) => time),
        records.map(({ scope }) => scope),
        records.map(({ reason }) => reason ?? null),
      ],
    );
    return rows[0]?.is_kept === true;
  }

  async read({ key, scope, offset }: ReleaseRequest, recordsMax: number): Promise<SetAsidePage> {
    const isWanted = scope === 'aggregate' ? `scope = 'aggregate' and key = $6` : 'record_offset = $6';
    const { rows } = await this.#pool.query<SetAsideRow>(
      `select record_offset, key, value, headers, recorded_at, scope, reason
       from (
         select n.*, sum(octet_length(n.value)) over (order by n.record_offset) - octet_length(n.value) as bytes_before
         from (
           select * from dead_letters
           where consumer = $1 and topic = $2 and partition = $3 and ${isWanted}
           order by record_offset limit $4
         ) n
       ) r
       where bytes_before < $5 order by record_offset`,
      [...this.#where, recordsMax, BATCH_BYTES_MAX, scope === 'aggregate' ? key : offset],
    );
    const { consumer, topic, partition } = this.#place;
    const records = rows.map(({ record_offset, recorded_at, reason, key, value, headers, scope }) => {
      const place = { consumer, topic, partition, offset: record_offset };
      return { ...place, key, value, headers, scope, time: recorded_at, reason: reason ?? undefined };
    });
    return { records, mayHaveMore: records.length > 0 };
  }

  async remove(records: readonly SetAsideRecord[]): Promise<void> {
    await this.#pool.query(
      `delete from dead_letters where consumer = $1 and topic = $2 and partition = $3 and record_offset = any ($4)`,
      [...this.#where, records.map(({ offset }) => offset)],
    );
  }

  async requests(): Promise<ReleaseRequest[]> {
    const { rows } = await this.#pool.query<RequestRow>(
      `select record_offset, key, scope, action from dead_letter_requests
       where consumer = $1 and topic = $2 and partition = $3 order by record_offset`,
      this.#where,
    );
    const { consumer, topic, partition } = this.#place;
    return rows.map(({ record_offset, ...row }) => ({ ...row, consumer, topic, partition, offset: record_offset }));
  }

  async finish({ offset }: ReleaseRequest): Promise<void> {
    await this.#pool.query(
      `delete from dead_letter_requests where consumer = $1 and topic = $2 and partition = $3 and record_offset = $4`,
      [...this.#where, offset],
    );
  }

  get #where(): [string, string, number] {
    const { consumer, topic, partition } = this.#place;
    return [consumer, topic, partition];
  }
}

/** How many keys of a consumer are paused. */
export async function countPausedAggregates(pool: Pool, consumer: string): Promise<number> {
  const { rows } = await pool.query<{ aggregates: bigint }>(
    `select count(distinct (topic, partition, key)) as aggregates
     from dead_letters where consumer = $1 and scope = 'aggregate'`,
    [consumer],
  );
  return Number(rows[0]?.aggregates ?? 0n);
}
