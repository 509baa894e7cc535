-- The embedded event bus: an append-only log per partition, consumer groups, dead letters.
-- Runs as bus_owner with search_path = bus; processes use it as the role bus.

create table topics (
  name text constraint topics_pkey primary key,
  -- Only the newest record of each key is kept, without an end in time.
  is_compacted boolean not null,
  retention_ms bigint not null,
  constraint topics_retention_positive check (retention_ms > 0)
);

create table partitions (
  id integer generated always as identity constraint partitions_pkey primary key,
  topic text not null constraint partitions_topic_fkey references topics (name),
  partition integer not null,
  -- The offset that the next record gets. Raised under the row's lock, which is held to the commit:
  -- a record is never visible before the records with lower offsets.
  next_offset bigint not null default 0,
  -- Records below it have been compared with their successors by the compaction.
  compacted_to bigint not null default 0,
  constraint partitions_topic_partition_key unique (topic, partition),
  constraint partitions_partition_not_negative check (partition >= 0)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

-- No foreign key to partitions: publish() holds the partition's row locked, and the check would be made per record.
create table records (
  partition_id integer not null,
  record_offset bigint not null,
  key text not null,
  -- What came from the publisher, as it came: whether it is JSON and fits its schema is decided by the consumer.
  value text not null,
  headers jsonb not null,
  recorded_at timestamptz(3) not null,
  is_compacted boolean not null,
  constraint records_pkey primary key (partition_id, record_offset)
);
create index records_compaction on records (partition_id, key, record_offset) where is_compacted;
comment on index records_compaction is 'compact(): older records of a key';

create table group_members (
  group_name text not null,
  member_id uuid not null,
  topics text[] not null,
  lease_until timestamptz not null,
  -- The member's listening session: when it is gone, so is the member, without waiting for its lease.
  session text,
  constraint group_members_pkey primary key (group_name, member_id)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

create table group_partitions (
  group_name text not null,
  partition_id integer not null constraint group_partitions_partition_fkey references partitions (id),
  -- The offset of the next record to handle.
  committed_offset bigint not null,
  owner_id uuid,
  -- Raised with each change of the owner; a commit names it, so a former owner commits nothing.
  generation bigint not null default 0,
  constraint group_partitions_pkey primary key (group_name, partition_id)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);

create table dead_letters (
  id bigint generated always as identity constraint dead_letters_pkey primary key,
  consumer text not null,
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  key text not null,
  value text not null,
  headers jsonb not null,
  recorded_at timestamptz(3) not null,
  reason text not null,
  dead_at timestamptz(3) not null default clock_timestamp(),
  constraint dead_letters_record_key unique (consumer, topic, partition, record_offset)
);

-- Appends records in the order of the arrays and wakes the consumers. One call, one transaction.
create function publish(partition_ids integer[], keys text[], record_values text[], record_headers jsonb[])
returns void language plpgsql as $$
declare
  published_at timestamptz := clock_timestamp();
  notice text;
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
    select topic || ':' || string_agg(partition::text, ',') from advanced group by topic
  loop
    perform pg_notify('bus_records', notice);
  end loop;
end $$;

-- Reads the next records of several partitions, of each at most so many, and at most so many bytes but at least one.
create function read_records(partition_ids integer[], positions bigint[], records_max integer, bytes_max integer)
returns table (
  partition_id integer, record_offset bigint, key text, value text, headers jsonb, recorded_at timestamptz
) language sql stable
-- Along the primary key and no further than the limit, whatever the statistics say: a consumer that is a million records
-- behind must not sort them all for each batch.
set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off as $$
  select r.partition_id, r.record_offset, r.key, r.value, r.headers, r.recorded_at
  from unnest(partition_ids, positions) c (partition_id, position)
  cross join lateral (
    select l.*, sum(octet_length(l.value)) over (order by l.record_offset) - octet_length(l.value) as bytes_before
    from (
      select n.* from records n
      where n.partition_id = c.partition_id and n.record_offset >= c.position
      order by n.record_offset limit records_max
    ) l
  ) r
  where r.bytes_before < bytes_max
  order by r.partition_id, r.record_offset
$$;

-- Prolongs a member's lease, takes from the dead, claims what is free up to the member's share,
-- and returns what the member owns. Surplus partitions are to be released as soon as their handler is done.
create function heartbeat(
  for_group text, member uuid, member_topics text[], member_session text, starts_at_end boolean, lease_ms integer
) returns table (
  partition_id integer, topic text, partition integer, is_compacted boolean,
  generation bigint, committed_offset bigint, is_surplus boolean
) language plpgsql as $$
#variable_conflict use_column
declare
  has_changed boolean := false;
begin
  -- A lost heartbeat costs a redelivery at most.
  perform set_config('synchronous_commit', 'off', true);
  perform pg_advisory_xact_lock(hashtextextended('bus group ' || for_group, 0));

  insert into group_partitions (group_name, partition_id, committed_offset)
  select for_group, p.id, case when starts_at_end then p.next_offset else 0 end
  from partitions p where p.topic = any (member_topics)
  on conflict do nothing;

  update group_members m
  set lease_until = clock_timestamp() + lease_ms * interval '1 ms', session = member_session, topics = member_topics
  where m.group_name = for_group and m.member_id = member;
  if not found then
    insert into group_members (group_name, member_id, topics, lease_until, session)
    values (for_group, member, member_topics, clock_timestamp() + lease_ms * interval '1 ms', member_session);
    has_changed := true;
  end if;

  delete from group_members m
  where m.group_name = for_group and m.member_id <> member
    and (m.lease_until <= clock_timestamp()
      or (m.session is not null and not exists (
        select from pg_stat_activity a where session_of(a.pid, a.backend_start) = m.session)));
  has_changed := has_changed or found;

  update group_partitions g set owner_id = null
  where g.group_name = for_group and g.owner_id is not null
    and not exists (
      select from group_members m join partitions p on p.topic = any (m.topics)
      where m.group_name = for_group and m.member_id = g.owner_id and p.id = g.partition_id);

  update group_partitions g set owner_id = member, generation = g.generation + 1
  from (
    select f.partition_id, row_number() over (partition by s.topic order by f.partition_id) as ordinal, s.share - s.owned as wanted
    from shares(for_group, member) s
    join partitions p on p.topic = s.topic
    join group_partitions f on f.group_name = for_group and f.partition_id = p.id and f.owner_id is null
  ) free
  where g.group_name = for_group and g.partition_id = free.partition_id and free.ordinal <= free.wanted;

  if has_changed then
    perform pg_notify('bus_groups', for_group);
  end if;

  return query
    select g.partition_id, p.topic, p.partition, t.is_compacted, g.generation, g.committed_offset,
           row_number() over (partition by p.topic order by p.partition) > s.share
    from group_partitions g
    join partitions p on p.id = g.partition_id
    join topics t on t.name = p.topic
    join shares(for_group, member) s on s.topic = p.topic
    where g.group_name = for_group and g.owner_id = member;
end $$;

-- Names a session beyond the reuse of process ids.
create function session_of(pid integer, backend_start timestamptz) returns text language sql immutable as $$
  select pid || '@' || extract(epoch from backend_start)
$$;

-- How many partitions of each of its topics a member may own, and owns. Members are ranked by their ids, so that the
-- shares of all members together are exactly the partitions.
create function shares(for_group text, member uuid)
returns table (topic text, share bigint, owned bigint) language sql stable as $$
  select t.topic,
         t.partitions / t.members + case when t.rank < t.partitions % t.members then 1 else 0 end,
         t.owned
  from (
    select wanted.topic,
           (select count(*) from partitions p where p.topic = wanted.topic) as partitions,
           (select count(*) from group_members m where m.group_name = for_group and wanted.topic = any (m.topics)) as members,
           (select count(*) from group_members m
            where m.group_name = for_group and wanted.topic = any (m.topics) and m.member_id < member) as rank,
           (select count(*) from group_partitions g join partitions p on p.id = g.partition_id
            where g.group_name = for_group and g.owner_id = member and p.topic = wanted.topic) as owned
    from (
      select unnest(m.topics) as topic from group_members m where m.group_name = for_group and m.member_id = member
    ) wanted
  ) t
$$;

-- Stores how far the owner has come. False when the partition has another owner or generation by now.
create function commit_offset(for_group text, member uuid, of_partition integer, in_generation bigint, next_offset bigint)
returns boolean language plpgsql as $$
begin
  -- A lost commit costs a redelivery at most.
  perform set_config('synchronous_commit', 'off', true);
  update group_partitions g set committed_offset = commit_offset.next_offset
  where g.group_name = for_group and g.partition_id = of_partition
    and g.owner_id = member and g.generation = in_generation;
  return found;
end $$;

-- Gives a partition back, for another member to claim.
create function release_partition(for_group text, member uuid, of_partition integer, in_generation bigint)
returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  update group_partitions g set owner_id = null
  where g.group_name = for_group and g.partition_id = of_partition
    and g.owner_id = member and g.generation = in_generation;
  perform pg_notify('bus_groups', for_group);
end $$;

-- Leaves a group and gives everything back.
create function leave_group(for_group text, member uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('bus group ' || for_group, 0));
  delete from group_members m where m.group_name = for_group and m.member_id = member;
  update group_partitions g set owner_id = null where g.group_name = for_group and g.owner_id = member;
  perform pg_notify('bus_groups', for_group);
end $$;

-- Deletes at most row_limit records whose retention has ended; returns how many.
create function expire_records(row_limit integer) returns bigint language sql
set enable_sort = off set enable_bitmapscan = off set enable_seqscan = off as $$
  with expired as (
    select r.partition_id, r.record_offset
    from partitions p
    join topics t on t.name = p.topic and not t.is_compacted
    cross join lateral (select clock_timestamp() - t.retention_ms * interval '1 ms' as at) cutoff
    -- The oldest record tells whether a look at the others is worth it.
    join lateral (
      select h.recorded_at from records h where h.partition_id = p.id order by h.record_offset limit 1
    ) head on head.recorded_at < cutoff.at
    cross join lateral (
      select c.partition_id, c.record_offset, c.recorded_at
      from records c where c.partition_id = p.id order by c.record_offset limit row_limit
    ) r
    where r.recorded_at < cutoff.at
    limit row_limit
  ), deleted as (
    delete from records r using expired e
    where r.partition_id = e.partition_id and r.record_offset = e.record_offset
    returning 1
  )
  select count(*) from deleted
$$;

-- Looks at the next row_limit records of each compacted partition and deletes what they replace; returns how many it looked at.
create function compact_records(row_limit integer) returns bigint language plpgsql as $$
declare
  dirty record;
  window_end bigint;
  looked_at bigint := 0;
begin
  for dirty in
    select p.id, p.compacted_to, p.next_offset
    from partitions p join topics t on t.name = p.topic
    where t.is_compacted and p.compacted_to < p.next_offset
    order by p.id
  loop
    window_end := least(dirty.compacted_to + row_limit, dirty.next_offset);
    delete from records r
    using (
      select n.key, max(n.record_offset) as newest from records n
      where n.partition_id = dirty.id and n.record_offset >= dirty.compacted_to and n.record_offset < window_end
      group by n.key
    ) kept
    where r.partition_id = dirty.id and r.is_compacted and r.key = kept.key and r.record_offset < kept.newest;
    update partitions p set compacted_to = window_end where p.id = dirty.id;
    looked_at := looked_at + window_end - dirty.compacted_to;
  end loop;
  return looked_at;
end $$;

grant usage on schema bus to bus;
grant select, insert, update on topics, partitions to bus;
grant select, insert, delete on records to bus;
grant select, insert, update, delete on group_members, group_partitions to bus;
grant select, insert, delete on dead_letters to bus;
