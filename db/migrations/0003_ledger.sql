-- Why: the ledger. Movements are appended and never changed; balances, unit states (on unit), genealogy and what is
-- allocated are derived from them in the same transaction and can be rebuilt. See src/ledger/README.md for the laws.

-- What happened -------------------------------------------------------------------------------------------------------

create table movement (
  organization_id uuid not null,
  movement_id uuid not null,
  kind text not null check (kind in ('receive', 'move', 'adjust', 'transform', 'ship', 'return', 'change_owner', 'pack', 'unpack', 'sample', 'destroy', 'reverse')),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  business_date date not null,
  actor_kind text not null,
  actor_id text not null,
  device text,
  device_time timestamptz,
  reason text,
  note text,
  run_id uuid,
  run_kind text check (run_kind in ('production', 'repack', 'split', 'merge', 'cut', 'rework', 'disassembly', 'mixing')),
  reverses uuid,
  reversal text check (reversal in ('never_happened', 'undone')),
  command_id uuid not null,
  canonical text not null,
  sha256 bytea not null,
  primary key (organization_id, movement_id),
  check ((reverses is null) = (reversal is null)),
  check ((kind = 'transform') <= (run_id is not null and run_kind is not null))
);
create unique index movement_reversed_once on movement (organization_id, reverses) where reverses is not null;
create index movement_run on movement (organization_id, run_id) where run_id is not null;
create index movement_occurred on movement (organization_id, occurred_at, recorded_at, movement_id);
comment on table movement is 'One posted fact. Never updated, never deleted.';
comment on column movement.occurred_at is 'when it happened';
comment on column movement.recorded_at is 'when we learnt it';
comment on column movement.business_date is 'the day of occurred_at in the time zone of the facility that did it';
comment on column movement.run_id is 'the transformation it belongs to; of a single movement its own id';
comment on column movement.canonical is 'canonical JSON of what was decided';
comment on column movement.sha256 is 'SHA-256 of canonical, in UTF-8';

create table movement_line (
  organization_id uuid not null,
  movement_id uuid not null,
  line_no integer not null,
  role text check (role in ('input', 'output')),
  product_id uuid not null,
  lot_id uuid not null,
  from_place_id uuid not null,
  to_place_id uuid not null,
  from_owner_id uuid not null,
  to_owner_id uuid not null,
  from_plate_id uuid not null,
  to_plate_id uuid not null,
  from_internal boolean not null,
  to_internal boolean not null,
  consignee_place_id uuid,
  quantity numeric(27,9) not null check (quantity > 0),
  second_quantity numeric(27,9) check (second_quantity >= 0),
  entered_quantity numeric(27,9) not null,
  entered_uom text not null collate "C",
  unit_cost numeric(27,9),
  cost_currency text,
  cost_rate numeric(27,9),
  from_mixture boolean not null default false,
  has_units boolean not null default false,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (organization_id, movement_id, line_no),
  foreign key (organization_id, movement_id) references movement (organization_id, movement_id)
);
create index movement_line_lot on movement_line (organization_id, product_id, lot_id, occurred_at);
create index movement_line_outside on movement_line (organization_id, lot_id) where from_internal <> to_internal and role is null;
create index movement_line_occurred on movement_line using brin (occurred_at);
create index movement_line_recorded on movement_line using brin (recorded_at);
comment on table movement_line is 'Quantity of a lot from one place, owner and plate to another. Plate 00000000-... is loose. Lines are ordered by (occurred_at, recorded_at, movement_id, line_no).';
comment on column movement_line.quantity is 'in the base unit of measure of the product';
comment on column movement_line.consignee_place_id is 'the ship-to place on either side; what trace asks for who got it';
comment on column movement_line.from_mixture is 'drawn from a commingled place: this lot is a possible part, the quantity its share';
comment on column movement_line.has_units is 'its units stand in line_unit';

create table line_unit (
  organization_id uuid not null,
  unit_id uuid not null,
  movement_id uuid not null,
  line_no integer not null,
  quantity numeric(27,9) not null check (quantity > 0),
  second_quantity numeric(27,9),
  primary key (organization_id, unit_id, movement_id, line_no)
);
create index line_unit_line on line_unit (organization_id, movement_id, line_no);
comment on table line_unit is 'The units of a line: ten thousand serials share one line.';

create table movement_reference (
  organization_id uuid not null,
  type text not null,
  number text not null collate "C",
  movement_id uuid not null,
  issuer_id uuid,
  primary key (organization_id, type, number, movement_id)
);
create index movement_reference_movement on movement_reference (organization_id, movement_id);
comment on table movement_reference is 'Typed documents a movement refers to (purchase_order, sales_order, invoice ...), with who issued the number.';

create table line_use (
  organization_id uuid not null,
  movement_id uuid not null,
  output_line integer not null,
  input_movement_id uuid not null,
  input_line integer not null,
  quantity numeric(27,9) not null check (quantity > 0),
  primary key (organization_id, movement_id, output_line, input_movement_id, input_line)
);
comment on table line_use is 'An output line names the very input lines it used, and how much of each.';

-- What follows from it (projections) -------------------------------------------------------------------------------------

create table balance (
  organization_id uuid not null,
  product_id uuid not null,
  lot_id uuid not null,
  place_id uuid not null,
  owner_id uuid not null,
  plate_id uuid not null,
  on_hand numeric(27,9) not null default 0,
  allocated numeric(27,9) not null default 0,
  second_on_hand numeric(27,9) not null default 0,
  last_occurred_at timestamptz,
  primary key (organization_id, product_id, lot_id, place_id, owner_id, plate_id),
  constraint balance_on_hand check (on_hand >= 0),
  constraint balance_second check (second_on_hand >= 0),
  constraint balance_allocated check (allocated >= 0 and allocated <= on_hand)
) with (fillfactor = 70);
create index balance_place on balance (organization_id, place_id, product_id);
create index balance_plate on balance (organization_id, plate_id) where plate_id <> '00000000-0000-0000-0000-000000000000';
comment on table balance is 'On hand and allocated at our places. A zero row is a key that was used once; rows go only when their lot is merged into another, or by rebuild.';
comment on column balance.last_occurred_at is 'of the youngest line that touched the key: what is not older needs no look at history';

create table run_input (
  organization_id uuid not null,
  run_id uuid not null,
  movement_id uuid not null,
  line_no integer not null,
  product_id uuid not null,
  lot_id uuid not null,
  unit_id uuid not null,
  quantity numeric(27,9) not null,
  certainty text not null check (certainty in ('exact', 'at_most', 'possible')),
  primary key (organization_id, run_id, movement_id, line_no, unit_id)
);
create index run_input_lot on run_input (organization_id, lot_id, unit_id, run_id);
comment on table run_input is 'What a transformation took up. unit_id 00000000-... where no unit is named. Reversed movements have no rows.';
comment on column run_input.certainty is 'what of it is in an output that names no inputs: exact (the run has one output), at_most (several shared it), possible (drawn from a mixture)';

create table run_output (
  organization_id uuid not null,
  run_id uuid not null,
  movement_id uuid not null,
  line_no integer not null,
  product_id uuid not null,
  lot_id uuid not null,
  unit_id uuid not null,
  quantity numeric(27,9) not null,
  names_inputs boolean not null,
  primary key (organization_id, run_id, movement_id, line_no, unit_id)
);
create index run_output_lot on run_output (organization_id, lot_id, unit_id, run_id);
comment on table run_output is 'What a transformation gave. Where names_inputs, only the inputs of run_use went into it.';

create table run_use (
  organization_id uuid not null,
  run_id uuid not null,
  output_movement_id uuid not null,
  output_line integer not null,
  input_movement_id uuid not null,
  input_line integer not null,
  quantity numeric(27,9) not null,
  certainty text not null check (certainty in ('exact', 'at_most', 'possible')),
  primary key (organization_id, run_id, output_movement_id, output_line, input_movement_id, input_line)
);
comment on table run_use is 'The named inputs of an output, as lines of the run.';

create table allocation (
  organization_id uuid not null,
  allocation_id uuid not null,
  demand_type text not null,
  demand_number text not null collate "C",
  demand_line integer not null default 1,
  product_id uuid not null,
  lot_id uuid not null,
  place_id uuid not null,
  owner_id uuid not null,
  plate_id uuid not null,
  unit_id uuid,
  quantity numeric(27,9) not null check (quantity > 0),
  open_quantity numeric(27,9) not null check (open_quantity >= 0),
  firmness text not null check (firmness in ('hard', 'soft')),
  expires_at timestamptz,
  reasons jsonb not null default '[]',
  command_id uuid not null,
  created_at timestamptz not null,
  closed_at timestamptz,
  closed_because text check (closed_because in ('released', 'shipped', 'expired', 'moved')),
  primary key (organization_id, allocation_id)
);
create index allocation_balance on allocation (organization_id, product_id, lot_id, place_id) where closed_at is null;
create index allocation_demand on allocation (organization_id, demand_type, demand_number, allocation_id);
create index allocation_expiry on allocation (expires_at) where closed_at is null and expires_at is not null;
comment on table allocation is 'A promise on concrete stock: hard, or soft (expires, may be re-planned). Both count in allocated.';

create table hold (
  organization_id uuid not null,
  hold_id uuid not null,
  subject text not null check (subject in ('lot', 'unit', 'plate', 'place', 'family')),
  subject_id uuid not null,
  reason text not null,
  note text,
  allows text[] not null default '{}',
  until timestamptz,
  placed_at timestamptz not null,
  placed_by text not null,
  command_id uuid not null,
  released_at timestamptz,
  released_by text,
  release_reason text,
  primary key (organization_id, hold_id)
);
create index hold_active on hold (organization_id, subject_id) where released_at is null;
comment on table hold is 'A record that blocks use: on what, who, why, until when, what is still allowed (movement kinds). There is no status column anywhere.';

create table stock_freeze (
  organization_id uuid not null,
  freeze_id uuid not null,
  product_id uuid not null,
  lot_id uuid,
  invariant text not null,
  detail jsonb not null,
  frozen_at timestamptz not null,
  resumed_at timestamptz,
  resumed_by text,
  resume_reason text,
  primary key (organization_id, freeze_id)
);
create index stock_freeze_open on stock_freeze (organization_id, product_id) where resumed_at is null;
comment on table stock_freeze is 'A confirmed broken invariant stops posting for that product or lot until a person resumes it; the rest works on.';

create table verification (
  organization_id uuid not null,
  verification_id uuid not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  ok boolean not null,
  findings jsonb not null,
  primary key (organization_id, verification_id)
);
comment on table verification is 'A run of verify over the organisation: which invariants were checked, what was found.';

create table stock_snapshot (
  organization_id uuid not null,
  snapshot_id uuid not null,
  occurred_through timestamptz not null,
  recorded_through timestamptz not null,
  made_at timestamptz not null,
  primary key (organization_id, snapshot_id)
);
create table stock_snapshot_row (
  organization_id uuid not null,
  snapshot_id uuid not null,
  product_id uuid not null,
  lot_id uuid not null,
  place_id uuid not null,
  owner_id uuid not null,
  plate_id uuid not null,
  on_hand numeric(27,9) not null,
  second_on_hand numeric(27,9) not null,
  primary key (organization_id, snapshot_id, product_id, lot_id, place_id, owner_id, plate_id)
);
comment on table stock_snapshot is 'Stock by lines that occurred and were recorded through two instants; immutable, a starting point for as-of questions.';

-- Never changed, never deleted ------------------------------------------------------------------------------------------
-- The app's role has no such right; the trigger also stops the owner. Only the maintenance role may delete, which it
-- does when a demo company is purged.

create function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and (select oid from pg_roles where rolname = current_user) = to_regrole('{{maintenance}}') then return old; end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

do $$
declare t text;
begin
  foreach t in array array['movement', 'movement_line', 'line_unit', 'movement_reference', 'line_use', 'command', 'audit', 'event'] loop
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', t);
    execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', t);
  end loop;
end $$;

grant select, insert on movement, movement_line, line_unit, movement_reference, line_use, stock_snapshot, stock_snapshot_row, verification to {{app}};
grant select, insert, update on allocation, hold, stock_freeze to {{app}};
grant select, insert, update, delete on balance, run_input, run_output, run_use to {{app}};

-- Organisation isolation: forced on every table that carries organization_id and has no policy yet.
do $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
           where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relrowsecurity loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy organization on %I using (organization_id = (select nullif(current_setting(''app.organization_id'', true), '''')::uuid))', t);
  end loop;
end $$;

-- /health tells whether the last verification was green, of every organisation, and nothing else about any of them.
create policy of_owner on verification for select to {{owner}} using (true);

create function last_verifications() returns table (finished_at timestamptz, ok boolean)
  language sql stable security definer set search_path = public, pg_temp as $$
  select max(v.finished_at), bool_and(v.ok)
  from (select distinct on (organization_id) finished_at, ok from verification order by organization_id, verification_id desc) v
  having count(*) > 0
$$;
comment on function last_verifications is 'The last verifications of all organisations taken together: when the youngest ended, and whether all were green.';
revoke all on function last_verifications from public;
grant execute on function last_verifications to {{app}};

-- check: select not exists (select from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity))
