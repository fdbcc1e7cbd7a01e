-- What came in: bytes as they were submitted, what was read from them, records submitted as data.
create schema ingest;

create table ingest.submitted_documents (
    id           uuid primary key default gen_random_uuid(),
    entity_id    uuid,
    entity_slug  text not null,
    period       text check (period ~ '^\d{4}-\d{2}$'),
    source       text not null,
    filename     text not null,
    content_type text not null,
    size_bytes   bigint not null check (size_bytes >= 0),
    sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    data_bytes   bytea not null,
    uploaded_by  text,
    uploaded_at  timestamptz not null default now(),
    task_id      text
);
-- The same bytes for the same place in the same task are one document, however often they are sent.
create unique index submitted_documents_once on ingest.submitted_documents (coalesce(task_id, ''), entity_slug, source, sha256);
create index submitted_documents_latest on ingest.submitted_documents (entity_slug, source, period, uploaded_at desc);
create index submitted_documents_task on ingest.submitted_documents (task_id, uploaded_at desc);

create table ingest.extracted_payloads (
    id           uuid primary key default gen_random_uuid(),
    entity_id    uuid,
    entity_slug  text not null,
    period       text not null,
    source       text not null,
    document_ref text not null,
    schema_slug  text not null,
    payload      jsonb not null,
    corrections  jsonb not null default '[]',
    provenance   jsonb not null default '{}',
    task_id      text,
    created_at   timestamptz not null default now()
);
create index extracted_payloads_task on ingest.extracted_payloads (task_id, source, created_at desc);
create index extracted_payloads_entity on ingest.extracted_payloads (entity_slug, source, period, created_at desc);

create table ingest.submitted_records (
    id          uuid primary key default gen_random_uuid(),
    entity_id   uuid,
    entity_slug text not null,
    task_id     text,
    kind        text,
    source_ref  jsonb,
    data        jsonb not null,
    received_at timestamptz not null default now()
);
create index submitted_records_task on ingest.submitted_records (task_id, received_at);
