-- The cell's own records: what it knows of the registry, the projection of its runs, its audit log and its outboxes.
create schema system;

create table system.tenant (
    id       uuid primary key,
    slug     text not null,
    name     text not null,
    config   jsonb not null default '{}',
    revision bigint not null default 0
);

create table system.entities (
    id           uuid primary key,
    slug         text not null unique,
    name         text not null,
    type         text,
    jurisdiction text,
    currency     text,
    config       jsonb not null default '{}'
);

-- Bindings of runbooks to entities, as Workspace has them.
create table system.workflows (
    id              uuid primary key,
    name            text not null,
    runbook_slug    text not null,
    runbook_version text,
    entity_id       uuid references system.entities (id),
    schedule        text,
    timezone        text,
    default_config  jsonb not null default '{}'
);

create table system.bundles (
    slug           text not null,
    version        text not null,
    sha256         text not null,
    workflow_class text not null,
    activity_modules jsonb not null,
    name           text not null default '',
    config_schema  jsonb not null default '{}',
    deployed_at    timestamptz not null default now(),
    is_current     boolean not null default false,
    primary key (slug, version)
);
create unique index bundles_one_current on system.bundles (slug) where is_current;

create table system.tasks (
    id              uuid primary key,
    title           text not null,
    status          text not null check (status in ('PENDING', 'READY', 'IN_PROGRESS', 'BLOCKED', 'COMPLETED', 'FAILED')),
    priority        text not null default 'NORMAL' check (priority in ('LOW', 'NORMAL', 'HIGH')),
    entity_id       uuid not null references system.entities (id),
    workflow_id     uuid not null,
    runbook_slug    text not null,
    runbook_version text,
    period          text,
    context         jsonb not null default '{}',
    scheduled       boolean not null default false,
    requested_by    text,
    result          jsonb,
    failure         jsonb,
    report_seq      integer not null default 0,
    created_at      timestamptz not null default now(),
    started_at      timestamptz,
    closed_at       timestamptz,
    updated_at      timestamptz not null default now()
);
create index tasks_entity on system.tasks (entity_id, created_at desc, id);
create index tasks_open on system.tasks (status, created_at) where closed_at is null;

-- One row a workflow run: the task's root and each child.
create table system.runs (
    workflow_id    text primary key,
    run_id         text not null,
    task_id        uuid not null references system.tasks (id),
    parent_id      text,
    parent_step_id text,
    slug           text not null,
    runbook_version text,
    status         text not null check (status in ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    steps          jsonb not null default '[]',
    result         jsonb,
    failure        jsonb,
    last_record    integer not null default 0,
    started_at     timestamptz not null,
    closed_at      timestamptz
);
create index runs_task on system.runs (task_id, started_at);

create table system.steps (
    workflow_id  text not null references system.runs (workflow_id),
    step_id      text not null,
    position     integer not null,
    title        text not null,
    icon         text,
    status       text not null check (status in ('pending', 'active', 'completed', 'failed', 'waiting_for_input')),
    visits       integer not null default 0,
    snapshot     jsonb,
    failure      jsonb,
    started_at   timestamptz,
    completed_at timestamptz,
    primary key (workflow_id, step_id)
);

create table system.gates (
    id           text primary key,
    workflow_id  text not null references system.runs (workflow_id),
    task_id      uuid not null references system.tasks (id),
    step_id      text,
    kind         text not null,
    reason       text,
    display_hint jsonb not null default '{}',
    payload      jsonb,
    payload_hash text,
    args         jsonb not null default '{}',
    tools        jsonb not null default '[]',
    feedback     jsonb,
    checks       jsonb,
    four_eyes    boolean not null default false,
    deadline     timestamptz,
    status       text not null default 'open' check (status in ('open', 'decided', 'satisfied', 'timed_out', 'cancelled')),
    decision     jsonb,
    opened_at    timestamptz not null,
    closed_at    timestamptz
);
create index gates_open on system.gates (task_id, opened_at) where status = 'open';

-- Everything that happened, append-only; each row's hash covers the row before it.
create table system.events (
    seq         bigint primary key,
    task_id     uuid,
    workflow_id text,
    type        text not null,
    source      text not null,
    actor       text,
    payload     jsonb not null,
    at          timestamptz not null,
    record_key  text unique,
    prev_hash   text not null,
    hash        text not null
);
create index events_task on system.events (task_id, seq);
create function system.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of the audit log is not allowed', tg_op using errcode = 'restrict_violation';
end $$;
create trigger events_are_final before update or delete on system.events
    for each row execute function system.refuse_change();

-- Status reports for Workspace that it has not acknowledged yet, in order.
create table system.outbox (
    id         bigint generated always as identity primary key,
    task_id    uuid not null,
    seq        integer not null,
    report     jsonb not null,
    created_at timestamptz not null default now(),
    unique (task_id, seq)
);

-- Signals that follow from something stored (a document for a gate) and have not reached their run yet.
create table system.signal_outbox (
    id          bigint generated always as identity primary key,
    workflow_id text not null,
    signal      text not null,
    payload     jsonb not null,
    dedupe_key  text not null unique,
    attempts    integer not null default 0,
    created_at  timestamptz not null default now(),
    sent_at     timestamptz
);
create index signal_outbox_unsent on system.signal_outbox (id) where sent_at is null;

-- Payloads too large for a workflow history, encrypted as they are there, by the SHA-256 of their stored bytes.
create table system.payloads (
    sha256     text primary key,
    data_bytes bytea not null,
    created_at timestamptz not null default now()
);

create table system.used_tokens (
    jti        uuid primary key,
    expires_at timestamptz not null
);
