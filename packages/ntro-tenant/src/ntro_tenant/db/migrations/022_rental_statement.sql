-- Rent due, received and owed, a row for each unit and period; what the agent kept back is a total of the period.
create table ledgers.rental_statement (
    id                   uuid primary key default gen_random_uuid(),
    entity_id            uuid not null,
    period               text not null,
    task_id              uuid not null,
    status               text not null check (status in ('NEEDS_ATTENTION', 'PENDING', 'APPROVED', 'REJECTED', 'EXCLUDED', 'POSTED')),
    source_ref           text,
    validation_errors    jsonb,
    raw_payload          jsonb,
    created_at           timestamptz not null default clock_timestamp(),
    updated_at           timestamptz not null default now(),
    unit                 text,
    tenant_name          text,
    monthly_rent         numeric(20, 4),
    rent_received        numeric(20, 4),
    arrears_30d          numeric(20, 4),
    arrears_60d          numeric(20, 4),
    arrears_90d_plus     numeric(20, 4),
    management_fee_gross numeric(20, 4),
    repairs_gross        numeric(20, 4),
    net_cash_received    numeric(20, 4),
    approved_at          timestamptz,
    posted_to_gl         boolean not null default false,
    posted_journal_ref   text,
    constraint rental_statement_complete check (
        status in ('NEEDS_ATTENTION', 'REJECTED', 'EXCLUDED')
        or (unit is not null and monthly_rent is not null and rent_received is not null)
    )
);
create index rental_statement_entity on ledgers.rental_statement (entity_id, period, status);
create index rental_statement_task on ledgers.rental_statement (task_id);
select ledgers.keep_row_changes();
