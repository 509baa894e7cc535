-- A dead letter pauses its aggregate: later records of its key are parked behind it, until an operator releases them.

-- Without a reason the record was never tried: it is parked behind the dead letter of its key.
alter table dead_letters alter column reason drop not null;

-- What it holds up: the records of its key for its consumer, or nothing. What is there already has held up nothing.
alter table dead_letters add column scope text not null default 'record'
  constraint dead_letters_scope_known check (scope in ('aggregate', 'record', 'replica'));
alter table dead_letters alter column scope drop default;

create index dead_letters_aggregate on dead_letters (consumer, topic, partition, key, record_offset)
  where scope = 'aggregate';
comment on index dead_letters_aggregate is 'pauses of a partition; the records of one aggregate in order';

-- What operators ask the running consumers for, until it is done. Names a dead letter without a foreign key: a request for an
-- aggregate outlives its first record, so that a replay which was interrupted is finished.
create table dead_letter_requests (
  consumer text not null,
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  key text not null,
  scope text not null,
  action text not null,
  requested_at timestamptz(3) not null default clock_timestamp(),
  constraint dead_letter_requests_pkey primary key (consumer, topic, partition, record_offset),
  constraint dead_letter_requests_action_known check (action in ('replay', 'discard'))
);

-- Keeps records that a consumer has set aside. False when the member does not own the partition in this generation any more:
-- a member that was replaced must pause nothing. A replica has no member.
create function keep_dead_letters(
  for_consumer text, of_topic text, of_partition integer, by_member uuid, in_generation bigint,
  offsets bigint[], keys text[], record_values text[], record_headers jsonb[], times timestamptz[],
  scopes text[], reasons text[]
) returns boolean language plpgsql as $$
begin
  if by_member is not null then
    perform from group_partitions g join partitions p on p.id = g.partition_id
    where g.group_name = for_consumer and p.topic = of_topic and p.partition = of_partition
      and g.owner_id = by_member and g.generation = in_generation
    for share of g;
    if not found then
      return false;
    end if;
  end if;

  insert into dead_letters
    (consumer, topic, partition, record_offset, key, value, headers, recorded_at, scope, reason)
  select for_consumer, of_topic, of_partition, k.record_offset, k.key, k.value, k.headers, k.recorded_at, k.scope, k.reason
  from unnest(offsets, keys, record_values, record_headers, times, scopes, reasons)
       as k (record_offset, key, value, headers, recorded_at, scope, reason)
  on conflict on constraint dead_letters_record_key
  do update set reason = excluded.reason, dead_at = clock_timestamp() where excluded.reason is not null;
  return true;
end $$;

grant update on dead_letters to bus;
grant select, insert, update, delete on dead_letter_requests to bus;
