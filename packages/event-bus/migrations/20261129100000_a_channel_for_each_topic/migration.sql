-- Each topic is announced on a channel of its own: an event wakes the processes that read its topic, and no others. A process of
-- an older version, which listens to the one channel of before, finds records when it looks, once a second.

-- The name of a channel has at most 63 bytes. Topics that share one wake each other's readers, which is harmless.
create function channel_of(topic text) returns text language sql immutable as $$
  select left('bus_records_' || topic, 63)
$$;

-- Appends records in the order of the arrays and wakes the consumers. One call, one transaction.
create or replace function publish(partition_ids integer[], keys text[], record_values text[], record_headers jsonb[])
returns void language plpgsql as $$
declare
  published_at timestamptz := clock_timestamp();
  notice record;
begin
  -- Always in the order of the ids: two publishers never wait for each other in a circle.
  perform from partitions where id = any (partition_ids) order by id for no key update;

  for notice in
    with incoming as (
      select i.partition_id, i.key, i.value, i.headers,
             row_number() over (partition by i.partition_id order by i.ordinal) as ordinal
      from unnest(partition_ids, keys, record_values, record_headers)
           with ordinality as i (partition_id, key, value, headers, ordinal)
    ), advanced as (
      update partitions p set next_offset = p.next_offset + c.records
      from (select partition_id, count(*) as records from incoming group by partition_id) c
      where p.id = c.partition_id
      returning p.id, p.topic, p.partition, p.next_offset - c.records as first_offset
    ), appended as (
      insert into records (partition_id, record_offset, key, value, headers, recorded_at, is_compacted)
      select i.partition_id, a.first_offset + i.ordinal - 1, i.key, i.value, i.headers, published_at, t.is_compacted
      from incoming i join advanced a on a.id = i.partition_id join topics t on t.name = a.topic
    )
    select topic, string_agg(partition::text, ',') as partitions from advanced group by topic
  loop
    perform pg_notify(channel_of(notice.topic), notice.topic || ':' || notice.partitions);
  end loop;
end $$;
