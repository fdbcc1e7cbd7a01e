-- What cells tell of their tasks as it happens: ids, types and times, nothing of what is in a task.
create table notifications (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null references tenants (id),
    entity_id uuid references entities (id),
    task_id uuid,
    run_id text,
    type text not null,
    step text,
    at timestamptz not null,
    read_at timestamptz,
    created_at timestamptz not null default now()
);
create index notifications_newest on notifications (created_at desc, id desc);
create index notifications_newest_of_tenant on notifications (tenant_id, created_at desc, id desc);
