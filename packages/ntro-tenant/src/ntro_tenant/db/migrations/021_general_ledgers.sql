-- What was posted to general ledgers elsewhere: an intent before the call, its outcome after it, so that an answer that
-- was lost is found again instead of posted again. `connection` names the books that were meant.
create table ledgers.gl_postings (
    id             uuid primary key default gen_random_uuid(),
    provider       text not null,
    connection     text not null,
    resource       text not null,
    external_id    text not null,
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    status         text not null default 'INTENT' check (status in ('INTENT', 'POSTED')),
    item_id        text,
    attempts       integer not null default 1,
    claimed_until  timestamptz,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    unique (provider, connection, resource, external_id),
    check (status = 'INTENT' or item_id is not null)
);

-- Bills, invoices, expenses and parties that were posted to the tenant's own ledger, with the journal that each became.
create table ledgers.gl_documents (
    id             uuid primary key,
    entity_id      uuid not null,
    resource       text not null check (resource in ('bills', 'invoices', 'expenses', 'suppliers', 'customers')),
    external_id    text not null,
    content        jsonb not null,
    content_sha256 text not null check (content_sha256 ~ '^[0-9a-f]{64}$'),
    journal_id     uuid references ledgers.journals (id),
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    unique (entity_id, resource, external_id),
    check ((journal_id is null) = (resource in ('suppliers', 'customers')))
);

-- The general ledger as it was connected or disconnected at this cell; a row here counts before the tenant's `gl` config.
create table system.gl_connection (
    tenant_id  uuid primary key references system.tenant (id),
    config     jsonb,
    changed_by text not null,
    changed_at timestamptz not null default now()
);
