-- Workflows as the oldest clients know them: a definition first, versions of its code as archives, then deployments.
create table workflow_definitions (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid references tenants (id),
    name text not null unique,
    slug text not null unique,
    description text,
    schedule text,
    timezone text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create table workflow_versions (
    id uuid primary key default gen_random_uuid(),
    workflow_id uuid not null references workflow_definitions (id),
    version text not null,
    slug text not null,
    sha256 text not null references artifacts (sha256),
    created_at timestamptz not null default now(),
    unique (workflow_id, version),
    unique (workflow_id, sha256)
);

create table version_deployments (
    deployment_id uuid primary key references deployments (id),
    workflow_id uuid not null references workflow_definitions (id),
    version_id uuid not null references workflow_versions (id),
    entity_id uuid references entities (id)
);

create trigger acts after insert or update or delete on workflow_definitions
    for each row execute function note_administrative_act('workflow definition', 'updated_at');
create trigger acts after insert or delete on workflow_versions
    for each row execute function note_administrative_act('workflow version');
