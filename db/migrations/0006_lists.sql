-- Why: lists are put in order by what people look for (code, name, date, when it was recorded), at any length by an index
-- of its own; and a list as somebody wants it is kept under a name: filters, order and columns, for himself or for all.

-- By code and name without capital letters: columns of their own, since lower() is not leakproof and row-level security
-- would keep an index on it from being used.
alter table lot add column code_lower text collate "C" generated always as (lower(code collate "default")) stored;
alter table lot add column due_on date generated always as (coalesce(use_by, expires_on, best_by, sell_by)) stored;
comment on column lot.due_on is 'the day that matters first: use by, expiry, best by, sell by, whichever it has';
create index lot_by_code on lot (organization_id, code_lower, lot_id) where code is not null and merged_into is null;
create index lot_by_due on lot (organization_id, due_on, lot_id) where code is not null and merged_into is null;
create index lot_product_by_code on lot (organization_id, product_id, code_lower, lot_id) where code is not null and merged_into is null;
create index lot_product_by_due on lot (organization_id, product_id, due_on, lot_id) where code is not null and merged_into is null;
create index lot_issuer on lot (organization_id, issuer_id, lot_id) where code is not null;

alter table place add column name_lower text collate "C" generated always as (lower(name)) stored;
alter table place add column code_lower text collate "C" generated always as (lower(code collate "default")) stored;
create index place_by_lower_code on place (organization_id, internal, code_lower, place_id);
create index place_by_name on place (organization_id, internal, name_lower, place_id);

alter table party add column code_lower text collate "C" generated always as (lower(code collate "default")) stored;
create index party_by_lower_code on party (organization_id, code_lower, party_id) where code is not null;

create index movement_recorded on movement (organization_id, recorded_at, movement_id);
create index movement_reference_number on movement_reference (organization_id, number, movement_id);

create table saved_view (
  organization_id uuid not null,
  view_id uuid not null,
  page text not null collate "C",
  name text not null,
  query text not null check (length(query) <= 2000),
  shared boolean not null default false,
  owner_id text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  version integer not null default 1,
  primary key (organization_id, view_id)
);
create unique index saved_view_name on saved_view (organization_id, owner_id, page, lower(name)) where archived_at is null;
create index saved_view_page on saved_view (organization_id, page, view_id) where archived_at is null;
comment on table saved_view is 'A list as somebody wants it, under a name: what stands in the address of the page after the question mark.';
comment on column saved_view.page is 'the list it is of (src/lib/list-pages.ts)';
comment on column saved_view.query is 'filters, order and columns as `q=cr&sort=-due`, only what that list knows';
comment on column saved_view.shared is 'everybody in the organisation sees it; only its owner, or who manages the organisation, changes it';
comment on column saved_view.owner_id is 'the person or API key that made it';

alter table saved_view enable row level security;
alter table saved_view force row level security;
create policy organization on saved_view using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
grant select, insert, update on saved_view to {{app}};

select guard_purge();

-- check: select relrowsecurity and relforcerowsecurity from pg_class where relname = 'saved_view'
