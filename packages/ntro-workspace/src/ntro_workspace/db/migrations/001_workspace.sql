-- The control plane: metadata only. No column here takes a figure, a file name, a comment or an extracted field.

create table organisation (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    created_at timestamptz not null default now()
);
insert into organisation (name) values ('Workspace');

create table data_platforms (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    provider text not null,
    ownership text not null,
    region text,
    config jsonb not null default '{}',
    secrets text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table tenants (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    slug text not null constraint tenants_slug_unique unique,
    data_platform text not null,
    data_platform_config_id uuid references data_platforms (id),
    status text not null default 'REQUESTED' check (status in (
        'REQUESTED', 'PROVISIONING', 'ACTIVE', 'SUSPENDED', 'DEPROVISIONING', 'FAILED', 'DECOMMISSIONED')),
    config jsonb not null default '{}',
    url text,
    ui_url text,
    sealing_public_key text,
    relay boolean not null default true,
    revision bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table entities (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    name text not null,
    normalised_name text not null,
    slug text not null,
    type text,
    jurisdiction text,
    currency text,
    schema text,
    config jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint entities_slug_unique unique (tenant_id, slug)
);
create index entities_by_normalised_name on entities (tenant_id, normalised_name);

create table agents (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    name text not null,
    description text,
    kind text not null,
    external_ref text not null,
    credentials_ref text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint agents_name_unique unique (tenant_id, name)
);

create table agent_versions (
    id uuid primary key default gen_random_uuid(),
    agent_id uuid not null references agents (id) on delete cascade,
    version integer not null,
    artifact_url text,
    changelog text,
    created_at timestamptz not null default now(),
    unique (agent_id, version)
);

create table api_keys (
    id text primary key,
    kind text not null check (kind in ('admin', 'workspace', 'tenant', 'cell', 'agent')),
    name text not null,
    tenant_id uuid references tenants (id),
    agent_id uuid references agents (id) on delete set null,
    scopes text[] not null,
    digest bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    check ((tenant_id is null) = (kind in ('admin', 'workspace')))
);
create index api_keys_by_tenant on api_keys (tenant_id);

create table email_integrations (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    provider text not null,
    address text,
    created_at timestamptz not null default now()
);

create table capabilities (
    id uuid primary key default gen_random_uuid(),
    name text not null,
    description text,
    version text,
    created_at timestamptz not null default now()
);

create table artifacts (
    sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea not null,
    created_at timestamptz not null default now()
);

create table deployments (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    slug text not null,
    version text not null,
    sha256 text not null references artifacts (sha256),
    workflow_class text not null,
    manifest jsonb not null,
    state text not null default 'PENDING' check (state in ('PENDING', 'DEPLOYED', 'FAILED')),
    result jsonb,
    created_at timestamptz not null default now(),
    closed_at timestamptz
);
create index deployments_by_slug on deployments (tenant_id, slug, created_at desc);
create index deployments_open on deployments (id) where state = 'PENDING';

create table feedback (
    id uuid primary key default gen_random_uuid(),
    runbook_slug text not null,
    feedback text not null,
    task_id text,
    key_id text not null,
    created_at timestamptz not null default now()
);

create table workflows (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    entity_id uuid not null references entities (id),
    runbook_slug text not null,
    runbook_version text,
    name text not null constraint workflows_name_unique unique,
    description text,
    schedule text,
    timezone text,
    default_config jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index workflows_by_tenant on workflows (tenant_id);

create table tasks (
    id uuid primary key,
    tenant_id uuid not null references tenants (id),
    entity_id uuid not null references entities (id),
    workflow_id uuid not null references workflows (id),
    runbook_slug text not null,
    runbook_version text,
    period text check (period ~ '^\d{4}-\d{2}$'),
    priority text check (priority in ('LOW', 'NORMAL', 'HIGH')),
    dry_run boolean,
    status text not null check (status in ('PENDING', 'READY', 'IN_PROGRESS', 'BLOCKED', 'COMPLETED', 'FAILED')),
    awaiting text,
    steps jsonb not null default '[]',
    open_gates integer not null default 0,
    documents integer not null default 0,
    history_length integer not null default 0,
    run_id uuid,
    scheduled boolean not null default false,
    failure_type text,
    failure_step text,
    seq bigint not null default 0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    started_at timestamptz,
    closed_at timestamptz
);
create index tasks_by_entity on tasks (tenant_id, entity_id, created_at desc);
create index tasks_by_workflow on tasks (workflow_id, created_at desc);
create index tasks_open on tasks (status) where status not in ('COMPLETED', 'FAILED');

-- What is still to be told to a cell: written with the change it follows from, sent when Temporal answers.
create table command_outbox (
    id bigint generated always as identity primary key,
    tenant_id uuid not null references tenants (id),
    command text not null,
    key text not null,
    input jsonb not null,
    attempts integer not null default 0,
    next_attempt_at timestamptz not null default now(),
    created_at timestamptz not null default now()
);
create index command_outbox_due on command_outbox (next_attempt_at, id);

-- Answers of POSTs that came with an Idempotency-Key, encrypted at rest, for a day.
create table idempotency_keys (
    scope bytea not null,
    key text not null,
    request_hash bytea not null,
    status integer,
    answer bytea,
    created_at timestamptz not null default now(),
    primary key (scope, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
