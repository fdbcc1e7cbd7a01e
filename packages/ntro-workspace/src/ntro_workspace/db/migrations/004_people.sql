-- People, and the keys that are theirs: whatever key a person uses, it is the same person who acts.
create table users (
    id uuid primary key default gen_random_uuid(),
    email text not null,
    name text not null,
    roles text[] not null check (
        cardinality(roles) > 0 and roles <@ array['admin', 'operations', 'accountant', 'reviewer', 'auditor']),
    tenant_id uuid references tenants (id),
    issuer text,
    subject text,
    disabled_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint users_identity_unique unique (issuer, subject),
    check ((issuer is null) = (subject is null))
);
create unique index users_email_unique on users (lower(email));

alter table api_keys add column user_id uuid references users (id);
alter table api_keys add column rotated_from text references api_keys (id);
create index api_keys_by_user on api_keys (user_id) where user_id is not null;
alter table api_keys drop constraint api_keys_kind_check;
alter table api_keys add constraint api_keys_kind_check
    check (kind in ('admin', 'workspace', 'tenant', 'cell', 'agent', 'user'));
alter table api_keys drop constraint api_keys_check;
alter table api_keys add constraint api_keys_tenant_check check (
    case when kind in ('admin', 'workspace') then tenant_id is null
         when kind = 'user' then user_id is not null else tenant_id is not null end);

-- Codes that sign a person in, once.
create table sign_in_codes (
    id text primary key,
    digest bytea not null,
    user_id uuid not null references users (id),
    expires_at timestamptz not null,
    used_at timestamptz
);

-- Sign-ins under way at an identity provider.
create table oidc_sign_ins (
    state_digest bytea primary key,
    verifier bytea not null,
    nonce text not null,
    expires_at timestamptz not null
);
