import { createPool } from '@localplus/postgres';
import type { Pool } from 'pg';
import { type DeadLetterOffice, type KeptDeadLetter, ReleaseRefused } from '../dead-letters/dead-letter-office.ts';
import { letterIdOf } from '../dead-letters/letter-id.ts';
import type { PauseScope, ReleaseAction } from '../dead-letters/set-aside-record.ts';
import type { EventHeaders } from '../event.ts';

type LetterRow = {
  consumer: string;
  topic: string;
  partition: number;
  record_offset: bigint;
  key: string;
  value: string;
  headers: EventHeaders;
  recorded_at: Date;
  scope: PauseScope;
  reason: string;
  parked: bigint;
  requested: ReleaseAction | null;
};

/** Of an aggregate the first record is the letter; the others are parked behind it. */
const letters = `
  select d.consumer, d.topic, d.partition, d.record_offset, d.key, d.value, d.headers, d.recorded_at, d.scope,
         coalesce(d.reason, 'parked behind a record that is gone') as reason, behind.parked, request.requested
  from dead_letters d
  cross join lateral (
    select count(*) as parked from dead_letters b
    where d.scope = 'aggregate' and b.scope = 'aggregate' and b.record_offset > d.record_offset
      and (b.consumer, b.topic, b.partition, b.key) = (d.consumer, d.topic, d.partition, d.key)
  ) behind
  left join lateral (
    select r.action as requested from dead_letter_requests r
    where (r.consumer, r.topic, r.partition) = (d.consumer, d.topic, d.partition)
      and (r.record_offset = d.record_offset or (r.scope = 'aggregate' and d.scope = 'aggregate' and r.key = d.key))
    limit 1
  ) request on true
  where d.scope <> 'aggregate' or not exists (
    select from dead_letters e
    where e.scope = 'aggregate' and e.record_offset < d.record_offset
      and (e.consumer, e.topic, e.partition, e.key) = (d.consumer, d.topic, d.partition, d.key)
  )
  order by d.consumer, d.topic, d.partition, d.record_offset`;

/** Looks at the dead letters of the embedded bus. @param connectionString of the role `bus` */
export function openPostgresDeadLetterOffice(connectionString: string): DeadLetterOffice {
  const pool = createPool({ connectionString, name: 'dead letters', max: 1 });
  return {
    letters: async () => {
      const { rows } = await pool.query<LetterRow>(letters);
      return rows.map(letterOf);
    },
    request: (letter, action) => request(pool, letter, action),
    close: () => pool.end(),
  };
}

function letterOf({ record_offset: offset, recorded_at: time, requested, parked, ...row }: LetterRow): KeptDeadLetter {
  const place = { ...row, offset };
  return { ...place, id: letterIdOf(place), time, parked: Number(parked), requested: requested ?? undefined };
}

async function request(pool: Pool, letter: KeptDeadLetter, action: ReleaseAction): Promise<void> {
  const { consumer, topic, partition, offset, key, scope } = letter;
  if (scope === 'replica') {
    if (action === 'replay') throw new ReleaseRefused(`${letter.id} is of a consumer that every replica is: no replay`);
    // Nothing waits behind it, and no single process has it.
    await pool.query(
      'delete from dead_letters where consumer = $1 and topic = $2 and partition = $3 and record_offset = $4',
      [consumer, topic, partition, offset],
    );
    return;
  }
  await pool.query(
    `with request as (
       insert into dead_letter_requests (consumer, topic, partition, record_offset, key, scope, action)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict on constraint dead_letter_requests_pkey do update set action = excluded.action
       returning consumer
     )
     select pg_notify('bus_dead_letters', consumer) from request`,
    [consumer, topic, partition, offset, key, scope, action],
  );
}
