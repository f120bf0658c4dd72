-- 0001 access: who may come in, and the organisations everything else hangs from.
--
-- Why: sign-in is better-auth's; its tables live in a schema of their own and only the auth role reads them (a password
-- hash is never in reach of the app's role). Organisations, memberships, roles and API keys are ours, under row-level
-- security like every other table. Two rows have to be found before an organisation is chosen: the memberships of
-- somebody who signed in, and the API key of a request. Each has a function that sets the organisation itself, for one
-- statement, so that either takes one round trip (every request pays for it).
--
-- The migrator replaces {{app}}, {{auth}} and {{maintenance}} by the names of those roles, quoted.

create schema auth;
comment on schema auth is 'better-auth''s tables, as its compileMigrations() states them; column names are its own.';

create table auth."user" (
  "id"            text not null primary key,
  "name"          text not null,
  "email"         text not null unique,
  "emailVerified" boolean not null,
  "image"         text,
  "createdAt"     timestamptz not null default current_timestamp,
  "updatedAt"     timestamptz not null default current_timestamp
);
comment on table auth."user" is 'A person who can sign in. The id is a UUIDv7 as text. A person may belong to several organisations.';

create table auth."session" (
  "id"        text not null primary key,
  "expiresAt" timestamptz not null,
  "token"     text not null unique,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "userId"    text not null references auth."user" ("id") on delete cascade
);
create index "session_userId_idx" on auth."session" ("userId");

create table auth."account" (
  "id"                    text not null primary key,
  "accountId"             text not null,
  "providerId"            text not null,
  "userId"                text not null references auth."user" ("id") on delete cascade,
  "accessToken"           text,
  "refreshToken"          text,
  "idToken"               text,
  "accessTokenExpiresAt"  timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope"                 text,
  "password"              text,
  "createdAt"             timestamptz not null default current_timestamp,
  "updatedAt"             timestamptz not null
);
comment on column auth."account"."password" is 'scrypt hash (salt:key), for providerId credential.';
create index "account_userId_idx" on auth."account" ("userId");

create table auth."verification" (
  "id"         text not null primary key,
  "identifier" text not null,
  "value"      text not null,
  "expiresAt"  timestamptz not null,
  "createdAt"  timestamptz not null default current_timestamp,
  "updatedAt"  timestamptz not null default current_timestamp
);
create index "verification_identifier_idx" on auth."verification" ("identifier");

create table auth."rateLimit" (
  "id"          text not null primary key,
  "key"         text not null unique,
  "count"       integer not null,
  "lastRequest" bigint not null
);
comment on table auth."rateLimit" is 'Sign-in attempts counted per address; in the database, so that several app processes count together.';

create table auth.installation (
  only_row  boolean primary key default true check (only_row),
  set_up_at timestamptz not null
);
comment on table auth.installation is 'One row once the first owner and organisation exist: set-up is closed from then on.';

grant usage on schema auth to {{auth}};
grant select, insert, update, delete on auth."user", auth."session", auth."account", auth."verification", auth."rateLimit" to {{auth}};
grant select, insert on auth.installation to {{auth}};


create table organization (
  organization_id  uuid primary key,
  name             text not null check (name <> '' and length(name) <= 200),
  currency         text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone        text not null,
  demo             boolean not null default false,
  preset           jsonb not null default '{}',
  closed_through   date,
  unknown_party_id uuid not null,
  created_at       timestamptz not null,
  version          integer not null default 1
);
comment on table organization is 'One company. Everything else carries its id first in its keys.';
comment on column organization.currency is 'ISO 4217; costs are kept in it.';
comment on column organization.time_zone is 'IANA name; a facility may have its own.';
comment on column organization.demo is 'A demo company is marked at birth; it is the only kind that can be purged.';
comment on column organization.preset is 'What the set-up question answered ("what do you handle?") and the policies that followed from it.';
comment on column organization.closed_through is 'No movement may be posted on a business date up to and with this one.';
comment on column organization.unknown_party_id is 'The one party that issues lot codes whose maker nobody knows.';
comment on column organization.version is 'Counts changes; the ETag.';

create table role (
  organization_id uuid not null references organization,
  name            text collate "C" not null check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  permissions     text[] not null,
  version         integer not null default 1,
  primary key (organization_id, name)
);
comment on table role is 'A named set of permissions (src/lib/permissions.ts); owner, manager, operator and viewer to begin with.';

create table membership (
  organization_id uuid not null references organization,
  user_id         text collate "C" not null,
  role            text collate "C" not null,
  since           timestamptz not null,
  ended_at        timestamptz,
  version         integer not null default 1,
  primary key (organization_id, user_id),
  foreign key (organization_id, role) references role
);
comment on table membership is 'Who belongs to an organisation, as what. One who left keeps the row, so that history can name him.';
comment on column membership.user_id is 'better-auth''s id; no foreign key, since the organisations may be spread over servers and the users not.';
create index membership_by_user on membership (user_id);

create table api_key (
  organization_id uuid not null references organization,
  api_key_id      uuid not null,
  name            text not null check (name <> '' and length(name) <= 100),
  role            text collate "C" not null,
  secret_hash     bytea not null check (length(secret_hash) = 32),
  created_by      text not null,
  created_at      timestamptz not null,
  expires_at      timestamptz,
  revoked_at      timestamptz,
  last_used_at    timestamptz,
  primary key (organization_id, api_key_id),
  foreign key (organization_id, role) references role
);
comment on table api_key is 'A key of a program: lw_ and base64url of organisation, key id and 32 random bytes, so that the organisation is known from the key.';
comment on column api_key.secret_hash is 'SHA-256 of the 32 random bytes. They are random, so a slow hash would add nothing.';
comment on column api_key.last_used_at is 'Within an hour; not written at every use.';

alter table organization enable row level security;
alter table organization force  row level security;
alter table role         enable row level security;
alter table role         force  row level security;
alter table membership   enable row level security;
alter table membership   force  row level security;
alter table api_key      enable row level security;
alter table api_key      force  row level security;

create policy of_organization on organization using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy of_organization on role         using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy of_organization on membership   using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
create policy of_organization on api_key      using (organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid));
-- Somebody who signed in sees his own memberships, and the names of those organisations, before one is chosen.
create policy of_member on membership   for select using (user_id = (select nullif(current_setting('app.user_id', true), '')));
create policy of_member on organization for select using (
  exists (select from membership m where m.organization_id = organization.organization_id and m.ended_at is null
                                     and m.user_id = (select nullif(current_setting('app.user_id', true), ''))));

-- The ids of all organisations, for whoever goes over them one by one (jobs, verify, rebuild): the owner sees the table
-- through this function only, and the app gets ids and nothing else.
create policy of_owner on organization for select to {{owner}} using (true);

create function organization_ids() returns setof uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select organization_id from organization order by organization_id
$$;
comment on function organization_ids is 'Every organisation of this installation.';

grant select, insert on organization, role, membership, api_key to {{app}};
grant update (name, currency, time_zone, preset, closed_through, version) on organization to {{app}};
grant update (permissions, version) on role to {{app}};
grant update (role, ended_at, version) on membership to {{app}};
grant update (revoked_at, last_used_at) on api_key to {{app}};


create view person as
  select m.organization_id, m.user_id, u."name" as name, u."email" as email
  from membership m join auth."user" u on u."id" = m.user_id
  where m.organization_id = (select nullif(current_setting('app.organization_id', true), '')::uuid);
comment on view person is 'Names of the people who belong or belonged to the organisation: all that the app''s role sees of schema auth.';
grant select on person to {{app}};


create function organizations_of(the_user text)
  returns table (organization_id uuid, name text, role text, demo boolean)
  language plpgsql as $$
begin
  perform set_config('app.user_id', the_user, true);
  return query
    select o.organization_id, o.name, m.role, o.demo
    from membership m join organization o on o.organization_id = m.organization_id
    where m.user_id = the_user and m.ended_at is null
    order by o.name, o.organization_id;
  perform set_config('app.user_id', '', true);
end $$;
comment on function organizations_of is 'The organisations somebody belongs to. The caller has proved that he is this user.';

create function sign_in_member(the_user text, chosen uuid)
  returns table (organization_id uuid, role text, permissions text[], organizations integer)
  language plpgsql as $$
declare
  found_id uuid;
  found_role text;
  how_many integer;
begin
  perform set_config('app.user_id', the_user, true);
  select count(*)::integer, (array_agg(m.organization_id))[1], (array_agg(m.role))[1] into how_many, found_id, found_role
  from membership m
  where m.user_id = the_user and m.ended_at is null and (chosen is null or m.organization_id = chosen);
  if how_many = 1 then
    perform set_config('app.organization_id', found_id::text, true);
    return query select r.organization_id, r.name, r.permissions, how_many
                 from role r where r.organization_id = found_id and r.name = found_role;
    perform set_config('app.organization_id', '', true);
  else
    return query select null::uuid, null::text, null::text[], how_many;
  end if;
  perform set_config('app.user_id', '', true);
end $$;
comment on function sign_in_member is 'The membership a request acts in: the chosen organisation, or the only one. organizations tells none (0) from several.';

create function sign_in_key(the_organization uuid, the_key uuid, the_hash bytea, at_time timestamptz)
  returns table (name text, role text, permissions text[])
  language plpgsql as $$
declare
  was_used timestamptz;
begin
  perform set_config('app.organization_id', the_organization::text, true);
  select k.last_used_at into was_used from api_key k
  where k.organization_id = the_organization and k.api_key_id = the_key and k.secret_hash = the_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at_time);
  if found then
    if was_used is null or was_used < at_time - interval '1 hour' then
      update api_key k set last_used_at = at_time where k.organization_id = the_organization and k.api_key_id = the_key;
    end if;
    return query select k.name, k.role, r.permissions
                 from api_key k join role r on r.organization_id = k.organization_id and r.name = k.role
                 where k.organization_id = the_organization and k.api_key_id = the_key;
  end if;
  perform set_config('app.organization_id', '', true);
end $$;
comment on function sign_in_key is 'The key of a request with the permissions of its role; no row for a wrong, revoked or expired one.';

revoke all on function organizations_of, sign_in_member, sign_in_key, organization_ids from public;
grant execute on function organizations_of, sign_in_member, sign_in_key, organization_ids to {{app}};

-- /health tells whether the database is behind the code.
grant select on migration to {{app}};

-- check: select count(*) = 4 from pg_class where relname in ('organization', 'role', 'membership', 'api_key') and relrowsecurity and relforcerowsecurity
