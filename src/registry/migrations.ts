import type { Migration } from '../database/migrate.ts'

/** The tables of the registries. A row's `version` is the epoch of the last change of that row: its ETag. */
export const registryMigrations: readonly Migration[] = [
  {
    id: 'registry/1',
    name: 'change feed, parties, service owners, resources, policies, access lists, systems',
    sql: `
create table registry_change (
  epoch bigint primary key,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  entities text[] not null,
  author text not null,
  detail jsonb not null
);
create table registry_entity (
  entity text primary key,
  epoch bigint not null
);

create table party (
  id uuid primary key default gen_random_uuid(),
  organisation text not null unique check (organisation ~ '^[0-9]{9}$'),
  created_at timestamptz not null default now()
);

create table service_owner (
  organisation text primary key references party (organisation),
  name text not null,
  code text not null unique,
  created_at timestamptz not null default now(),
  version bigint not null
);

create table resource (
  identifier text primary key,
  owner text not null references party (organisation),
  org_code text,
  resource_type text not null,
  access_list_mode text not null check (access_list_mode in ('Enabled', 'Disabled')),
  document jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- an identifier is never given out again: transfers, policies and decisions refer to it
  deleted_at timestamptz,
  version bigint not null
);
create index resource_owner on resource (owner);

create table broker_configuration (
  resource text primary key references resource (identifier),
  max_file_transfer_size bigint check (max_file_transfer_size > 0),
  time_to_live_seconds bigint check (time_to_live_seconds > 0),
  purge_after_all_confirmed boolean not null default true,
  purge_grace_seconds bigint check (purge_grace_seconds >= 0),
  use_manifest_file_shim boolean,
  external_service_code_legacy text,
  external_service_edition_code_legacy bigint,
  required_party text,
  approved_for_disabled_virus_scan boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version bigint not null
);

create table policy_text (
  hash text primary key,
  text text not null,
  created_at timestamptz not null default now()
);
create table policy_version (
  resource text not null references resource (identifier),
  number bigint not null,
  hash text not null references policy_text (hash),
  created_at timestamptz not null default now(),
  version bigint not null,
  primary key (resource, number)
);

create table access_list (
  owner text not null references service_owner (code),
  identifier text not null,
  name text not null,
  description text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version bigint not null,
  primary key (owner, identifier)
);
create table access_list_member (
  owner text not null,
  identifier text not null,
  party uuid not null references party (id),
  since timestamptz not null default now(),
  primary key (owner, identifier, party),
  foreign key (owner, identifier) references access_list (owner, identifier) on delete cascade
);
create index access_list_member_party on access_list_member (party);
create table access_list_connection (
  owner text not null,
  identifier text not null,
  resource text not null references resource (identifier),
  -- empty: every action
  action_filters text[] not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (owner, identifier, resource),
  foreign key (owner, identifier) references access_list (owner, identifier) on delete cascade
);
create index access_list_connection_resource on access_list_connection (resource);

create table registered_system (
  id text primary key,
  vendor text not null references party (organisation),
  name text not null,
  description text not null,
  rights jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  version bigint not null
);
create index registered_system_vendor on registered_system (vendor);

-- not called system_user: that word is reserved since PostgreSQL 16
create table registered_system_user (
  id uuid primary key default gen_random_uuid(),
  system text not null references registered_system (id),
  party text not null references party (organisation),
  title text not null,
  created_at timestamptz not null default now(),
  withdrawn_at timestamptz,
  version bigint not null
);
create index system_user_party on registered_system_user (party);
create index system_user_system on registered_system_user (system);
create table registered_system_user_right (
  user_id uuid not null references registered_system_user (id),
  resource text not null references resource (identifier),
  action text not null,
  since timestamptz not null default now(),
  primary key (user_id, resource, action)
);
`,
  },
  {
    id: 'registry/2',
    name: 'the installation: what tells one database from another',
    sql: `
create table installation (
  is_only boolean primary key default true check (is_only),
  id uuid not null default gen_random_uuid(),
  -- from the generator of the server's cryptography: 244 random bits
  secret bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  created_at timestamptz not null default now()
);
insert into installation default values;
`,
  },
]
