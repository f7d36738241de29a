import type { Migration } from '../../database/migrate.ts'
import { recipientStatuses, transferStatuses } from './status.ts'

const oneOf = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ')
const transferStatus = oneOf(transferStatuses)
const recipientStatus = oneOf(recipientStatuses)

/** Tables of transfers. They refer to nothing outside; events lie in the outbox (`events/outbox.ts`). */
export const transferMigrations: readonly Migration[] = [
  {
    id: 'transfer/1',
    name: 'transfers, recipients, histories, upload attempts',
    sql: `
create table transfer (
  id uuid primary key,
  resource text not null check (char_length(resource) between 1 and 255),
  file_name text not null check (char_length(file_name) between 1 and 255),
  reference text not null check (char_length(reference) between 1 and 4096),
  sender text not null check (sender ~ '^[0-9]{9}$'),
  sender_as_given text not null check (right(sender_as_given, 9) = sender and char_length(sender_as_given) <= 100),
  declared_checksum text check (char_length(declared_checksum) = 32),
  use_virus_scan boolean not null,
  created timestamptz not null,
  expires timestamptz not null check (expires > created),
  -- when the file goes: at expiry, or after the grace period once everyone has confirmed
  purge_at timestamptz not null,
  status text not null default 'Initialized' check (status in (${transferStatus})),
  status_text text,
  status_changed timestamptz not null,
  published timestamptz,
  blob uuid,
  size bigint check (size >= 0),
  computed_checksum text check (computed_checksum ~ '^[0-9a-f]{32}$'),
  check ((blob is null) = (size is null) and (blob is null) = (computed_checksum is null)),
  check (status not in ('UploadProcessing', 'Published', 'AllConfirmedDownloaded') or blob is not null),
  check (status not in ('Published', 'AllConfirmedDownloaded') or published is not null)
);
create index transfer_by_created on transfer (resource, sender, created, id);
create index transfer_by_status on transfer (resource, status, status_changed, id);
create index transfer_to_purge on transfer (purge_at) where status <> 'Purged';
create index transfer_uploading on transfer (status_changed) where status = 'UploadStarted';
create index transfer_processing on transfer (status_changed) where status = 'UploadProcessing';

create table transfer_property (
  transfer uuid not null references transfer on delete cascade,
  ordinal smallint not null check (ordinal between 0 and 9),
  key text not null check (char_length(key) <= 50),
  value text not null check (char_length(value) <= 3000),
  primary key (transfer, ordinal),
  unique (transfer, key)
);

create table transfer_recipient (
  transfer uuid not null references transfer on delete cascade,
  party text not null check (party ~ '^[0-9]{9}$'),
  ordinal smallint not null check (ordinal between 0 and 999),
  -- the highest ever reached
  status text not null check (status in (${recipientStatus})),
  -- the latest change, also when it was not upwards
  status_changed timestamptz not null,
  -- the last download of a range that went into the history
  range_recorded timestamptz,
  primary key (transfer, party),
  unique (transfer, ordinal)
);
create index transfer_recipient_by_party on transfer_recipient (party, status, transfer);

create table transfer_status (
  id bigint generated always as identity primary key,
  transfer uuid not null references transfer on delete cascade,
  status text not null check (status in (${transferStatus})),
  text text,
  at timestamptz not null,
  decision uuid,
  vendor text check (vendor ~ '^[0-9]{9}$')
);
create index transfer_status_in_order on transfer_status (transfer, at, id);

create table recipient_status (
  id bigint generated always as identity primary key,
  transfer uuid not null,
  party text not null,
  status text not null check (status in (${recipientStatus})),
  at timestamptz not null,
  decision uuid,
  vendor text check (vendor ~ '^[0-9]{9}$'),
  foreign key (transfer, party) references transfer_recipient on delete cascade
);
create index recipient_status_in_order on recipient_status (transfer, at, id);

-- One body that a client sent, or is sending, with a blob of its own whose name is the id.
--   running    its process renews alive_until; once that has passed anyone may discard it
--   won        the transfer's file
--   discarded  its blob is to be deleted
--   gone       its blob has been deleted
create table upload_attempt (
  id uuid primary key,
  transfer uuid not null references transfer on delete cascade,
  state text not null check (state in ('running', 'won', 'discarded', 'gone')),
  started timestamptz not null,
  alive_until timestamptz not null,
  decision uuid,
  reason text,
  scan_after timestamptz not null,
  scan_tries integer not null default 0,
  scan_note text
);
create unique index upload_attempt_one_winner on upload_attempt (transfer) where state = 'won';
create index upload_attempt_by_transfer on upload_attempt (transfer);
create index upload_attempt_running on upload_attempt (alive_until) where state = 'running';
create index upload_attempt_discarded on upload_attempt (id) where state = 'discarded';

-- Histories only grow. Rows go with their transfer and in no other way.
create function keep_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and not exists (select from transfer where id = old.transfer) then return old; end if;
  raise exception 'rows of % are never changed', tg_table_name;
end $$;
create trigger keep_history before update or delete on transfer_status
  for each row execute function keep_history();
create trigger keep_history before update or delete on recipient_status
  for each row execute function keep_history();
`,
  },
]
