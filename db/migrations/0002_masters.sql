-- Why: what movements speak of. Products, parties, places, lots, families, units, plates and the codes that lead to
-- them, each with an identity of its own (UUIDv7 made by the app) and codes as aliases; records of commands, audit and
-- events, because every later table is written through them.
-- Every table carries organization_id first in its keys; row-level security is forced at the end of 0003.

-- Commands, audit, events ------------------------------------------------------------------------------------------

create table command (
  organization_id uuid not null,
  key text not null collate "C",
  command_id uuid not null,
  name text not null,
  actor_kind text not null check (actor_kind in ('user', 'key', 'system')),
  actor_id text not null,
  reason text,
  input_hash bytea not null,
  field_hashes jsonb not null,
  result json,
  recorded_at timestamptz not null,
  primary key (organization_id, key)
);
create unique index command_by_id on command (organization_id, command_id);
comment on table command is 'One carried-out command: its idempotency key, who, why, and the answer that a repeated request gets. Kept for ever.';
comment on column command.input_hash is 'SHA-256 over field_hashes: the same key with another input is refused';
comment on column command.field_hashes is 'a hash per top-level field of the input, so that the difference can be named';

create table audit (
  organization_id uuid not null,
  audit_id uuid not null,
  command_id uuid not null,
  subject text not null,
  subject_id uuid not null,
  before jsonb,
  after jsonb,
  recorded_at timestamptz not null,
  primary key (organization_id, audit_id)
);
create index audit_subject on audit (organization_id, subject_id, audit_id);
comment on table audit is 'Who changed what from what to what; who and why stand on the command. 10,000 serials in one command are one row.';

create table event (
  organization_id uuid not null,
  event_id uuid not null,
  type text not null,
  subject_ids uuid[] not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  position bigint not null default (pg_current_xact_id()::text::bigint),
  data jsonb not null,
  primary key (organization_id, event_id)
);
create index event_feed on event (organization_id, position, event_id);
comment on table event is 'Outbox, webhook source and change feed in one.';
comment on column event.position is 'transaction that wrote it; a reader goes up to below the oldest running transaction, so nothing slips in behind it. Restored events stand at or below 0';

-- Units of measure and properties -----------------------------------------------------------------------------------

create table uom (
  organization_id uuid not null,
  uom text not null collate "C",
  name text not null,
  scale smallint not null check (scale between 0 and 9),
  primary key (organization_id, uom)
);
comment on table uom is 'A unit of measure (each, kg, m); scale is the number of decimals a quantity in it may have when it is a base unit.';

create table property_definition (
  organization_id uuid not null,
  property_id uuid not null,
  subject text not null check (subject in ('product', 'lot', 'unit', 'party', 'place')),
  key text not null collate "C",
  name text not null,
  value_type text not null check (value_type in ('text', 'number', 'date', 'boolean', 'choice')),
  choices text[],
  required boolean not null default false,
  archived_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, property_id),
  unique (organization_id, subject, key)
);
comment on table property_definition is 'A typed custom property of products, lots, units, parties or places; values stand in the subject''s properties column.';

-- Parties and places ------------------------------------------------------------------------------------------------

create table party (
  organization_id uuid not null,
  party_id uuid not null,
  name text not null,
  name_lower text not null collate "C" generated always as (lower(name)) stored,
  roles text[] not null default '{}',
  code text collate "C",
  gln text collate "C",
  email text,
  phone text,
  address jsonb,
  properties jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  archived_at timestamptz,
  merged_into uuid,
  primary key (organization_id, party_id)
);
create unique index party_code on party (organization_id, code) where code is not null and archived_at is null;
create index party_any_code on party (organization_id, code) where code is not null;
create index party_name on party (organization_id, name_lower, party_id);
create index party_merged on party (organization_id, merged_into) where merged_into is not null;
comment on table party is 'Supplier, customer, maker, carrier, or ourselves (party_id = organization_id). Holds erasable personal data; ledger and audit hold only its id.';
comment on column party.roles is 'any of supplier, customer, maker, carrier, own, unknown';

create table party_licence (
  organization_id uuid not null,
  licence_id uuid not null,
  party_id uuid not null,
  type text not null,
  number text not null collate "C",
  expires_on date,
  issuer text,
  archived_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, licence_id)
);
create index party_licence_party on party_licence (organization_id, party_id);
comment on table party_licence is 'A permit of a party (type, number, expiry).';

create table place (
  organization_id uuid not null,
  place_id uuid not null,
  parent_id uuid,
  facility_id uuid not null,
  path uuid[] not null,
  kind text not null check (kind in ('facility', 'zone', 'storage', 'staging', 'tank', 'quarantine', 'production', 'repair', 'in_transit',
                                     'supplier', 'ship_to', 'loss', 'count', 'process', 'sampled', 'destroyed')),
  internal boolean not null generated always as (kind in ('facility', 'zone', 'storage', 'staging', 'tank', 'quarantine', 'production', 'repair', 'in_transit')) stored,
  code text not null collate "C",
  name text not null,
  commingled boolean not null default false,
  time_zone text not null,
  gln text collate "C",
  party_id uuid,
  properties jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (organization_id, place_id)
);
create unique index place_code on place (organization_id, facility_id, code) where archived_at is null;
create unique index facility_code on place (organization_id, code) where kind = 'facility' and archived_at is null;
create index place_by_code on place (organization_id, internal, code, place_id);
create index place_party on place (organization_id, party_id) where party_id is not null;
comment on table place is 'A tree per facility (root: kind facility), and outside places: supplier, ship_to, loss, count, process (what a run takes up and gives), sampled, destroyed.';
comment on column place.internal is 'ours: it has balances. Outside places have none';
comment on column place.facility_id is 'root of its tree; an outside place is its own';
comment on column place.path is 'ids from the root down to this place, itself included; a hold on any of them holds what is here';
comment on column place.commingled is 'tank, silo, bulk bin: what is put in mixes, a draw takes the mixture';
comment on column place.time_zone is 'IANA; business dates and the end of an expiry day are counted in the facility''s';

-- Products ------------------------------------------------------------------------------------------------------------

create table product (
  organization_id uuid not null,
  product_id uuid not null,
  sku text not null collate "C",
  folded text not null collate "C",
  name text not null,
  name_lower text not null collate "C" generated always as (lower(name)) stored,
  base_uom text not null collate "C",
  scale smallint not null check (scale between 0 and 9),
  second_uom text collate "C",
  tracking text not null check (tracking in ('none', 'lot', 'serial', 'lot_and_serial')),
  tracking_since timestamptz not null,
  measured boolean not null default false,
  date_kind text not null default 'expiry' check (date_kind in ('none', 'best_by', 'sell_by', 'use_by', 'expiry')),
  blocks_after_date boolean not null default false,
  no_lot_id uuid not null,
  maker_id uuid,
  properties jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  archived_at timestamptz,
  merged_into uuid,
  primary key (organization_id, product_id)
);
create unique index product_sku on product (organization_id, sku) where archived_at is null;
create index product_folded on product (organization_id, folded, product_id);
create index product_name on product (organization_id, name_lower, product_id);
comment on table product is 'What is stocked. SKU is our code for it; GTINs and other codes are aliases.';
comment on column product.name_lower is 'for search; a column of its own, since lower() is not leakproof and row-level security would keep an index on it from being used';
comment on column product.scale is 'decimals of a quantity in the base unit of measure; fixed at the first movement';
comment on column product.tracking_since is 'since when this policy holds; stock that was there before may leave without lot or unit';
comment on column product.measured is 'its units are measured pieces (roll, wheel, drum) with a measure of their own, which may be cut';
comment on column product.date_kind is 'the one date a lot of it carries';
comment on column product.blocks_after_date is 'past the date it is neither allocated nor shipped nor used; otherwise the date only warns (best-by is not unsafe)';
comment on column product.no_lot_id is 'the hidden lot of what has no lot, so that lot_id is never null';

create table product_uom (
  organization_id uuid not null,
  product_id uuid not null,
  uom text not null collate "C",
  numerator numeric(27,9) not null check (numerator > 0),
  denominator numeric(27,9) not null check (denominator > 0),
  primary key (organization_id, product_id, uom)
);
comment on table product_uom is 'Exact conversion: 1 uom = numerator / denominator base units.';

create table alias (
  organization_id uuid not null,
  alias_id uuid not null,
  scheme text not null check (scheme in ('gtin', 'supplier', 'customer', 'maker', 'barcode', 'old')),
  code text not null collate "C",
  folded text not null collate "C",
  party_id uuid,
  product_id uuid not null,
  lot_id uuid,
  unit_id uuid,
  uom text collate "C",
  pack_quantity numeric(27,9) not null default 1 check (pack_quantity > 0),
  level text,
  created_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, alias_id)
);
create unique index alias_gtin on alias (organization_id, code) where scheme = 'gtin' and archived_at is null;
create unique index alias_once on alias (organization_id, scheme, coalesce(party_id, '00000000-0000-0000-0000-000000000000'), code)
  where scheme in ('supplier', 'customer', 'maker', 'barcode') and archived_at is null;
create index alias_code on alias (organization_id, folded, product_id);
create index alias_product on alias (organization_id, product_id);
comment on table alias is 'A code that leads to a product, a lot or a unit, with the quantity of base units in one such package.';

-- Lots ------------------------------------------------------------------------------------------------------------------

create table lot_family (
  organization_id uuid not null,
  family_id uuid not null,
  code text not null collate "C",
  folded text not null collate "C",
  kind text not null default 'family',
  created_at timestamptz not null,
  version integer not null default 1,
  primary key (organization_id, family_id),
  unique (organization_id, code)
);
comment on table lot_family is 'Lots of several products made together: one dye bath on three put-ups, one milk day in three packs.';

create table lot (
  organization_id uuid not null,
  lot_id uuid not null,
  product_id uuid not null,
  issuer_id uuid,
  code text collate "C",
  family_id uuid,
  made_on date,
  best_by date,
  sell_by date,
  use_by date,
  expires_on date,
  properties jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  archived_at timestamptz,
  merged_into uuid,
  primary key (organization_id, lot_id)
);
create index lot_product on lot (organization_id, product_id, lot_id);
create index lot_named on lot (organization_id, lot_id) where code is not null;
create index lot_merged on lot (organization_id, merged_into) where merged_into is not null;
create index lot_family_lots on lot (organization_id, family_id) where family_id is not null;
comment on table lot is 'One number, many units: made or received under the same conditions. Identity = product + issuer + code; its codes are in lot_code.';
comment on column lot.code is 'the code it is shown by, byte for byte; null for the hidden lot of a product';
comment on column lot.merged_into is 'the lot this one was found to be; always the last one, never a chain. Lines keep what they named';

create table lot_code (
  organization_id uuid not null,
  product_id uuid not null,
  issuer_id uuid not null,
  code text not null collate "C",
  folded text not null collate "C",
  lot_id uuid not null,
  kind text not null default 'issued' check (kind in ('issued', 'old')),
  created_at timestamptz not null,
  primary key (organization_id, product_id, issuer_id, code)
);
create index lot_code_folded on lot_code (organization_id, folded, product_id);
create index lot_code_lot on lot_code (organization_id, lot_id);
comment on table lot_code is 'Every code a lot goes by, with who issued it: the maker, else the supplier it came from, else the one unknown party.';
comment on column lot_code.folded is 'without case and spaces, O as 0, I as 1: for search and for the question "is it the same?", never for identity';

-- Units and plates -------------------------------------------------------------------------------------------------------

create table unit (
  organization_id uuid not null,
  unit_id uuid not null,
  product_id uuid not null,
  lot_id uuid not null,
  issuer_id uuid not null,
  serial text not null collate "C",
  folded text not null collate "C",
  kind text not null check (kind in ('serial', 'piece')),
  properties jsonb not null default '{}',
  version integer not null default 1,
  created_at timestamptz not null,
  -- the state, a projection of its lines and allocation:
  place_id uuid,
  owner_id uuid,
  plate_id uuid,
  measure numeric(27,9) not null default 0 check (measure >= 0),
  second_measure numeric(27,9),
  allocation_id uuid,
  last_occurred_at timestamptz,
  last_movement_id uuid,
  primary key (organization_id, unit_id),
  unique (organization_id, product_id, issuer_id, serial)
) with (fillfactor = 80);
create index unit_folded on unit (organization_id, folded, product_id);
create index unit_lot on unit (organization_id, lot_id, unit_id);
comment on table unit is 'One identified thing. Unique by product, issuer and serial, never freed by shipping. A piece (roll, wheel) has a measure and may be cut.';
comment on column unit.place_id is 'the one place it is in; null until its first movement';
comment on column unit.measure is 'base units it holds: 1 for a serial; of a piece what is left; 0 before its first movement and after it was used up';

create table plate (
  organization_id uuid not null,
  plate_id uuid not null,
  code text not null collate "C",
  folded text not null collate "C",
  sscc boolean not null default false,
  created_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, plate_id)
);
create unique index plate_code on plate (organization_id, code) where archived_at is null;
create index plate_folded on plate (organization_id, folded, plate_id);
comment on table plate is 'A logistic unit (case, pallet) and its number; what is on it stands in balances and units by plate_id.';

-- Exceptions -------------------------------------------------------------------------------------------------------------

create table exception (
  organization_id uuid not null,
  exception_id uuid not null,
  kind text not null,
  subject text not null,
  subject_id uuid not null,
  movement_id uuid,
  data jsonb not null,
  raised_at timestamptz not null,
  assigned_to text,
  resolved_at timestamptz,
  resolved_by text,
  resolution text,
  version integer not null default 1,
  primary key (organization_id, exception_id)
);
create index exception_open on exception (organization_id, exception_id) where resolved_at is null;
comment on table exception is 'Work for a person: what was accepted but should be looked at.';

grant select, insert on command, audit, event to {{app}};
grant select, insert, update on uom, property_definition, party, party_licence, place, product, product_uom, alias, lot_family, lot, lot_code, unit, plate, exception to {{app}};
grant delete on product_uom to {{app}};

-- check: select count(*) = 17 from information_schema.tables where table_schema = 'public' and table_name in ('command', 'audit', 'event', 'uom', 'property_definition', 'party', 'party_licence', 'place', 'product', 'product_uom', 'alias', 'lot_family', 'lot', 'lot_code', 'unit', 'plate', 'exception')
