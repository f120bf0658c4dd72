-- Why: a demo company is an organisation of its own, made in the background from a script and taken away again in one
-- piece. How far its making is stands here, so that another process can go on with it; and taking it away is the only
-- DELETE there is, done by the maintenance role, which row-level security and a trigger let delete of demo companies only.

create table demo_company (
  organization_id uuid primary key,
  company text not null collate "C",
  made_in uuid not null,
  today date not null,
  made_at timestamptz not null,
  state text not null check (state in ('making', 'ready', 'failed')),
  done integer not null default 0,
  total integer not null,
  worker uuid,
  heartbeat_at timestamptz,
  faults integer not null default 0,
  fault text
);
comment on table demo_company is 'The making of a demo company. Its script follows from company and today alone, and its commands from their keys: made again after a crash, it goes on where it was.';
comment on column demo_company.company is 'which script: creamery, yarn_mill, e_bikes, fireworks';
comment on column demo_company.made_in is 'the organisation in which it was asked for; whoever manages that one sees it and may purge it';
comment on column demo_company.today is 'the day it is told on; its history ends the day before';
comment on column demo_company.done is 'days of history that are made, of total';
comment on column demo_company.worker is 'the process that makes it; taken over when heartbeat_at grows old';

alter table demo_company enable row level security;
alter table demo_company force  row level security;
create policy organization on demo_company using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy of_owner on demo_company for select to {{owner}} using (true);
grant select, insert, update on demo_company to {{app}};

create function demo_companies_made_in(the_organization uuid) returns setof uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select organization_id from demo_company where made_in = the_organization order by organization_id
$$;
comment on function demo_companies_made_in is 'The demo companies asked for in an organisation: ids and nothing else.';
revoke all on function demo_companies_made_in from public;
grant execute on function demo_companies_made_in to {{app}};

-- Purging -----------------------------------------------------------------------------------------------------------------

create function purgeable_organization() returns uuid language sql stable as $$
  select chosen.id from (select nullif(current_setting('app.organization_id', true), '')::uuid as id) chosen
  where not exists (select from organization o where o.organization_id = chosen.id and not o.demo)
$$;
comment on function purgeable_organization is 'The organisation of this transaction if it may be purged: a demo company, or what is left behind by one that is gone.';

create function guard_purge() returns void language plpgsql as $$
declare t text;
begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
           where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
             and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'only_demo') loop
    execute format('create policy only_demo on %I as restrictive for delete to {{maintenance}} using (organization_id = (select purgeable_organization()))', t);
    execute format('grant select, delete on %I to {{maintenance}}', t);
  end loop;
end $$;
comment on function guard_purge is 'Lets the maintenance role delete in every table of organisations, of demo companies only. A migration that makes such a table calls it at its end.';
revoke all on function guard_purge from public;
select guard_purge();

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if (select oid from pg_roles where rolname = current_user) = to_regrole('{{maintenance}}')
       and not exists (select from organization o where o.organization_id = old.organization_id and not o.demo) then return old; end if;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

-- check: select not exists (select from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
--   and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'only_demo'))
