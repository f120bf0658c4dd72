-- Why: opening stock comes in files. An import keeps its rows from the upload on, so that they can be looked at, mended
-- and tried again, and so that a run goes on where it was after a crash: what is done stands with each row, written in
-- the transaction that did it. Long work (checking, running, undoing) is found by its status and claimed by heartbeat;
-- timers are rows. No queue beside it: see docs/decisions/0010-imports-and-jobs.md.

create table import_source (
  organization_id uuid not null,
  source text not null collate "C",
  settings jsonb not null,
  updated_at timestamptz not null,
  primary key (organization_id, source)
);
comment on table import_source is 'How files of a source are read (columns, dates, numbers, facility ...): proposed for its next file.';

create table import (
  organization_id uuid not null,
  import_id uuid not null,
  source text not null collate "C",
  file_name text,
  file_sha256 bytea not null,
  file_bytes integer not null,
  encoding text not null,
  delimiter text not null,
  header text[] not null,
  rows integer not null,
  notes text[] not null,
  settings jsonb not null,
  questions jsonb not null,
  status text not null check (status in ('asking', 'checking', 'ready', 'running', 'done', 'failed', 'cancelled', 'undoing', 'undone')),
  mode text check (mode in ('good_rows', 'all_or_nothing')),
  counts jsonb not null default '{}',
  plan jsonb,
  progress_done integer not null default 0,
  progress_total integer not null default 0,
  cancel_requested boolean not null default false,
  outcome jsonb,
  occurred_at timestamptz,
  actor_kind text not null,
  actor_id text not null,
  created_at timestamptz not null,
  finished_at timestamptz,
  worker uuid,
  heartbeat_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, import_id)
);
create index import_due on import (organization_id, import_id) where status in ('checking', 'running', 'undoing');
comment on table import is 'One file of opening stock on its way in.';
comment on column import.settings is 'columns to fields, formats, facility, what may be created; saved for the source when the import runs';
comment on column import.questions is 'what only a person can say (is 03/04 in March?); nothing is checked before they are answered';
comment on column import.counts is 'rows new, changed, unchanged, bad; after the run done and failed';
comment on column import.plan is 'the chunks its rows were put into when the run began: from here on a restart goes on, and does not begin again';
comment on column import.outcome is 'why it failed, or what an undo could not take back';
comment on column import.actor_id is 'who asked for what is being done now; movements are posted in his name';
comment on column import.worker is 'the process that works on it; taken over when heartbeat_at grows old';

create table import_row (
  organization_id uuid not null,
  import_id uuid not null,
  row_no integer not null,
  line_no integer not null,
  cells jsonb not null,
  edited boolean not null default false,
  broken jsonb,
  verdict text check (verdict in ('new', 'changed', 'unchanged', 'bad')),
  problems jsonb not null default '[]',
  notes jsonb not null default '[]',
  stated numeric(27,9),
  before numeric(27,9),
  chunk integer,
  status text check (status in ('done', 'failed')),
  product_id uuid,
  lot_id uuid,
  place_id uuid,
  unit_id uuid,
  movement_id uuid,
  primary key (organization_id, import_id, row_no)
);
create index import_row_verdict on import_row (organization_id, import_id, verdict, row_no);
create index import_row_chunk on import_row (organization_id, import_id, chunk) where chunk is not null;
comment on table import_row is 'A row of the file: its cells as they came or were edited, what is wrong with it, and what became of it.';
comment on column import_row.line_no is 'the line of the file it begins in';
comment on column import_row.broken is 'why it could not be read as a row (code, why, fix)';
comment on column import_row.stated is 'what all rows of its product, lot, place, owner and plate state together, in base units';
comment on column import_row.before is 'what was on hand there when it was checked';

create table import_made (
  organization_id uuid not null,
  import_id uuid not null,
  kind text not null check (kind in ('product', 'place', 'party', 'plate', 'lot', 'lot_family', 'movement')),
  record_id uuid not null,
  kept_because text,
  primary key (organization_id, import_id, kind, record_id)
);
create index import_made_record on import_made (organization_id, record_id);
comment on table import_made is 'What an import created; undoing it reverses the movements and archives the rest, but for what was used since.';
comment on column import_made.kept_because is 'who uses it, where an undo left it in use';

create table timer (
  organization_id uuid not null,
  name text not null collate "C",
  last_run_at timestamptz not null,
  primary key (organization_id, name)
);
comment on table timer is 'When a timer of src/app/jobs.ts last ran for this organisation: of several processes one runs it.';

do $$
declare t text;
begin
  foreach t in array array['import_source', 'import', 'import_row', 'import_made', 'timer'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy organization on %I using (organization_id = (select nullif(current_setting(''app.organization_id'', true), '''')::uuid))', t);
  end loop;
end $$;

-- Which imports somebody should be working on, of all organisations: ids and nothing else.
create policy of_owner on import for select to {{owner}} using (true);

create function imports_due(stale_before timestamptz) returns table (organization_id uuid, import_id uuid)
  language sql stable security definer set search_path = public, pg_temp as $$
  select i.organization_id, i.import_id from import i
  where i.status in ('checking', 'running', 'undoing') and (i.worker is null or i.heartbeat_at < stale_before)
  order by i.organization_id, i.import_id
$$;
comment on function imports_due is 'Imports with work to be done that no living process has claimed.';

grant select, insert, update on import_source, import, import_row, import_made, timer to {{app}};
revoke all on function imports_due from public;
grant execute on function imports_due to {{app}};

-- check: select count(*) = 5 from pg_class where relname in ('import_source', 'import', 'import_row', 'import_made', 'timer') and relrowsecurity and relforcerowsecurity
