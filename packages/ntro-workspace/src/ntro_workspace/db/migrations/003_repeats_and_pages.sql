-- Each kept answer says itself how long it is kept: a day under a key, seconds for a request that came without one.
alter table idempotency_keys add column expires_at timestamptz not null default now() + interval '24 hours';
drop index idempotency_keys_by_age;
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);

-- Pages of tasks, newest first, for everybody, for one tenant, for one state.
create index tasks_newest on tasks (created_at desc, id desc);
create index tasks_newest_of_tenant on tasks (tenant_id, created_at desc, id desc);
create index tasks_newest_of_status on tasks (status, created_at desc, id desc);
