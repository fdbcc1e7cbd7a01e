-- The books of the tenant's entities. Posted journals are never changed or deleted: a reversal is a new journal.
create schema ledgers;

create table ledgers.periods (
    id          uuid primary key default gen_random_uuid(),
    entity_id   uuid not null,
    entity_slug text not null,
    period      text not null check (period ~ '^\d{4}-\d{2}$'),
    status      text not null default 'OPEN' check (status in ('OPEN', 'SIGNED_OFF')),
    task_id     uuid,
    opened_at   timestamptz not null default now(),
    closed_at   timestamptz,
    unique (entity_id, period)
);

create table ledgers.trial_balances (
    id         uuid primary key default gen_random_uuid(),
    entity_id  uuid not null,
    period     text not null,
    kind       text not null check (kind in ('opening', 'closing', 'snapshot')),
    currency   text not null check (currency ~ '^[A-Z]{3}$'),
    lines      jsonb not null,
    task_id    uuid not null,
    created_at timestamptz not null default now(),
    unique (task_id, kind)
);
create index trial_balances_latest on ledgers.trial_balances (entity_id, period, kind, created_at desc);

create table ledgers.journals (
    id              uuid primary key default gen_random_uuid(),
    entity_id       uuid not null,
    period          text not null,
    task_id         uuid not null,
    posting_date    date not null,
    description     text not null,
    currency        text not null check (currency ~ '^[A-Z]{3}$'),
    idempotency_key text not null unique,
    posted_at       timestamptz not null default now()
);
create index journals_entity on ledgers.journals (entity_id, period, posted_at);

create table ledgers.journal_lines (
    journal_id   uuid not null references ledgers.journals (id),
    line_number  integer not null check (line_number > 0),
    account_code text not null check (account_code <> ''),
    description  text not null default '',
    debit        numeric(20, 4) not null default 0 check (debit >= 0),
    credit       numeric(20, 4) not null default 0 check (credit >= 0),
    tax_code     text,
    source_refs  jsonb not null default '[]',
    primary key (journal_id, line_number),
    check ((debit = 0) <> (credit = 0))
);

create table ledgers.journal_proposals (
    id                 uuid primary key default gen_random_uuid(),
    entity_id          uuid not null,
    period             text not null,
    task_id            uuid not null,
    status             text not null check (status in ('NEEDS_ATTENTION', 'PENDING', 'APPROVED', 'REJECTED', 'EXCLUDED', 'POSTED')),
    source_ref         text,
    validation_errors  jsonb,
    raw_payload        jsonb,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    description        text,
    posting_date       date,
    currency           text,
    lines              jsonb not null default '[]',
    approved_at        timestamptz,
    posted_to_gl       boolean not null default false,
    posted_journal_ref text
);
create index journal_proposals_entity on ledgers.journal_proposals (entity_id, period, status);
create index journal_proposals_task on ledgers.journal_proposals (task_id);

create table ledgers.expenses (
    id                 uuid primary key default gen_random_uuid(),
    entity_id          uuid not null,
    period             text not null,
    task_id            uuid not null,
    status             text not null check (status in ('NEEDS_ATTENTION', 'PENDING', 'APPROVED', 'REJECTED', 'EXCLUDED', 'POSTED')),
    source_ref         text,
    validation_errors  jsonb,
    raw_payload        jsonb,
    created_at         timestamptz not null default now(),
    updated_at         timestamptz not null default now(),
    event_id           uuid not null,
    vendor             text,
    amount_gross       numeric(20, 4),
    currency           text,
    expense_date       date,
    payment_method     text,
    line_items         jsonb,
    vat_amount         numeric(20, 4),
    notes              text,
    category           text,
    category_source    text,
    confidence         numeric(5, 4),
    approved_at        timestamptz,
    posted_to_gl       boolean not null default false,
    posted_journal_ref text,
    check (status = 'NEEDS_ATTENTION' or (vendor is not null and amount_gross is not null and currency is not null))
);
create index expenses_entity on ledgers.expenses (entity_id, period, status);
create index expenses_task on ledgers.expenses (task_id);

create table ledgers.nav (
    id              uuid primary key default gen_random_uuid(),
    entity_id       uuid not null,
    period          text not null,
    task_id         uuid not null unique,
    currency        text not null check (currency ~ '^[A-Z]{3}$'),
    total_assets    numeric(20, 4) not null,
    total_liabilities numeric(20, 4) not null,
    nav             numeric(20, 4) not null,
    shares          numeric(24, 8) not null check (shares > 0),
    nav_per_share   numeric(20, 8) not null,
    calculation     jsonb not null,
    signed_off_by   text,
    signed_off_at   timestamptz,
    created_at      timestamptz not null default now()
);
create index nav_entity on ledgers.nav (entity_id, period, created_at desc);

create function ledgers.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% of a posted journal is not allowed; post a reversal', tg_op using errcode = 'restrict_violation';
end $$;
create trigger journals_are_final before update or delete on ledgers.journals
    for each row execute function ledgers.refuse_change();
create trigger journal_lines_are_final before update or delete on ledgers.journal_lines
    for each row execute function ledgers.refuse_change();

-- A journal balances, checked when its transaction ends.
create function ledgers.journal_balances() returns trigger language plpgsql as $$
begin
    if (select coalesce(sum(debit) - sum(credit), 0) from ledgers.journal_lines where journal_id = new.journal_id) <> 0 then
        raise exception 'journal % does not balance', new.journal_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger journals_balance after insert on ledgers.journal_lines
    deferrable initially deferred for each row execute function ledgers.journal_balances();
