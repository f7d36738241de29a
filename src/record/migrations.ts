import { lockKeys } from '../database/lock-keys.ts'
import type { Migration } from '../database/migrate.ts'

/**
 * `decision` and `decision_outcome` are insert only: triggers refuse UPDATE, DELETE and TRUNCATE on them and on each of their
 * partitions, also while a replica is applying. An operator ends retention by detaching whole months. The triggers stop
 * mistakes and ordinary accounts; what an owner of the tables alters shows in the hashes.
 *
 * The leaf index is not a column of `decision`, because setting it would rewrite every record once: `decision_leaf` gets a
 * narrow row instead, from the one sequencer.
 *
 * `system_user` is a reserved word since PostgreSQL 16, hence `system_user_id`.
 */
const tables = `
create table decision (
  time timestamptz not null,
  id uuid not null,
  operation text not null,
  action text,
  resource text,
  instance text,
  party text,
  organisation text,
  vendor text,
  decision text not null,
  code text,
  tags text[] not null,
  trace text not null,
  epoch bigint not null,
  entry bytea not null,
  detail bytea,
  hash bytea not null,
  primary key (time, id)
) partition by range (time);
create index decision_refused on decision (time, id) where decision <> 'Permit';
create index decision_tags on decision using gin (tags);

create table decision_outcome (
  at timestamptz not null,
  decision_id uuid not null,
  status smallint not null,
  code text,
  bytes bigint,
  error text,
  hash bytea not null,
  primary key (decision_id, at, status)
) partition by range (at);

create table record_personal (
  time timestamptz not null,
  id uuid not null,
  system_user_id text,
  -- JSON: [[salt, value], ...]; null when nothing is left
  openings text,
  erased_at timestamptz,
  primary key (time, id)
) partition by range (time);
create index record_personal_system_user on record_personal (system_user_id, time) where system_user_id is not null;

create table record_frame (
  hash bytea primary key,
  bytes bytea not null
);

create table decision_leaf (
  sequence bigint primary key,
  time timestamptz not null,
  id uuid not null,
  unique (time, id)
);`

const insertOnly = `
create function record_is_insert_only() returns trigger language plpgsql as $$
begin
  raise exception 'the decision record is insert only: % on % is refused', tg_op, tg_table_name
    using errcode = 'insufficient_privilege', hint = 'detach a whole month to end its retention';
end $$;

create function record_guard_truncate(guarded regclass) returns void language plpgsql as $$
begin
  execute format('create trigger insert_only_truncate before truncate on %s
    for each statement execute function record_is_insert_only()', guarded);
  execute format('alter table %s enable always trigger insert_only_truncate', guarded);
end $$;

do $$
declare guarded text;
begin
  foreach guarded in array array['decision', 'decision_outcome', 'decision_leaf', 'record_frame'] loop
    execute format('create trigger insert_only before update or delete on %I
      for each row execute function record_is_insert_only()', guarded);
    execute format('alter table %I enable always trigger insert_only', guarded);
    perform record_guard_truncate(guarded::regclass);
  end loop;
end $$;`

/**
 * Attaching takes a weaker lock on the parent than creating a partition in place, so inserts go on meanwhile. Nodes take
 * turns by an advisory lock; a month that is there is left as it is.
 */
const months = `
create function record_ensure_month(moment timestamptz) returns void language plpgsql as $$
declare
  first timestamp := date_trunc('month', moment at time zone 'UTC');
  suffix text := to_char(first, 'YYYY_MM');
  parent text;
  part text;
begin
  perform pg_advisory_xact_lock(${lockKeys.recordMonths});
  foreach parent in array array['decision', 'decision_outcome', 'record_personal'] loop
    part := parent || '_' || suffix;
    if to_regclass(part) is not null then continue; end if;
    execute format('create table %I (like %I including all)', part, parent);
    if parent <> 'record_personal' then perform record_guard_truncate(part::regclass); end if;
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, part,
      first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
    if parent <> 'record_personal' then execute format('alter table %I enable always trigger insert_only', part); end if;
    -- an entry of a few kilobytes stays in its row, as it is: moving it out, or compressing it, costs more than it saves
    if parent = 'decision' then execute format('alter table %I set (toast_tuple_target = 8160)', part); end if;
  end loop;
end $$;`

export const recordMigrations: readonly Migration[] = [
  { id: 'record/1', name: 'decisions, their outcomes and personal values', sql: tables + insertOnly + months },
]
