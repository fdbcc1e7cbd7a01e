-- Secrets of a data platform, sealed to the cell of each tenant bound to it: Workspace keeps what it cannot read.
-- `data_platforms.secrets` holds them only until every bound tenant has a cell to seal them for.
create table data_platform_secrets (
    platform_id uuid not null references data_platforms (id) on delete cascade,
    tenant_id uuid not null references tenants (id),
    sealed text not null,
    created_at timestamptz not null default now(),
    primary key (platform_id, tenant_id)
);
