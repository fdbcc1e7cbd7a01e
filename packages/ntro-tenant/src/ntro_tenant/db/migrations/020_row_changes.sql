-- Every change of a row of a subledger, kept by trigger: who, when, what it was and what it is. Nothing here is ever
-- changed or deleted, and only the triggers write.
create table ledgers.row_changes (
    seq       bigint generated always as identity primary key,
    ledger    text not null,
    row_id    uuid not null,
    entity_id uuid not null,
    task_id   uuid not null,
    operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
    actor     text not null,
    source    text not null,
    old       jsonb not null,
    new       jsonb not null,
    at        timestamptz not null default clock_timestamp()
);
create index row_changes_row on ledgers.row_changes (ledger, row_id, seq);
create index row_changes_task on ledgers.row_changes (task_id, seq);

create function ledgers.guard_row_changes() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and pg_trigger_depth() > 1 then
        return new;
    end if;
    raise exception '% of the history of rows is not allowed; it is written by triggers', tg_op
        using errcode = 'restrict_violation';
end $$;
create trigger row_changes_are_final before insert or update or delete on ledgers.row_changes
    for each row execute function ledgers.guard_row_changes();
create trigger row_changes_are_not_truncated before truncate on ledgers.row_changes
    for each statement execute function ledgers.guard_row_changes();

-- `old` and `new` hold the columns that differ; of a new row all, of a deleted row all. The time of change is no change.
-- The actor is what the transaction says in the setting ntro.actor, else the database's user. It runs as its owner, so
-- that a role which may write a ledger need not be able to write its history.
create function ledgers.record_row_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    was jsonb := '{}';
    now_is jsonb := '{}';
    kept record;
begin
    if tg_op <> 'INSERT' then was := to_jsonb(old); kept := old; end if;
    if tg_op <> 'DELETE' then now_is := to_jsonb(new); kept := new; end if;
    if tg_op = 'UPDATE' then
        select coalesce(jsonb_object_agg(b.key, b.value), '{}'), coalesce(jsonb_object_agg(b.key, a.value), '{}')
          into was, now_is
          from jsonb_each(was) b join jsonb_each(now_is) a using (key)
         where a.value is distinct from b.value and b.key <> 'updated_at';
        if was = '{}' then return null; end if;
    end if;
    insert into ledgers.row_changes (ledger, row_id, entity_id, task_id, operation, actor, source, old, new)
    values (tg_table_name, kept.id, kept.entity_id, kept.task_id, tg_op,
            coalesce(nullif(current_setting('ntro.actor', true), ''), session_user),
            coalesce(nullif(current_setting('application_name', true), ''), 'unknown'), was, now_is);
    return null;
end $$;

create function ledgers.refuse_truncate() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are not truncated, because that would leave no history; delete them', tg_table_name
        using errcode = 'restrict_violation';
end $$;

-- Sees to it that every table of `ledgers` with the standard columns of a subledger keeps its history; the names of
-- those that did not yet. Called after the scripts of a bundle have made tables of their own.
create function ledgers.keep_row_changes() returns setof text language plpgsql as $$
declare
    ledger text;
begin
    for ledger in
        select c.relname from pg_class c
        where c.relnamespace = 'ledgers'::regnamespace and c.relkind = 'r'
          and (select count(*) from pg_attribute a
               where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                 and a.attname in ('id', 'entity_id', 'period', 'task_id', 'status', 'source_ref', 'validation_errors',
                                   'raw_payload', 'created_at', 'updated_at')) = 10
          and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'row_changes_are_kept')
        order by c.relname
    loop
        execute format('create trigger row_changes_are_kept after insert or update or delete on ledgers.%I'
                       ' for each row execute function ledgers.record_row_change()', ledger);
        execute format('create trigger rows_are_not_truncated before truncate on ledgers.%I'
                       ' for each statement execute function ledgers.refuse_truncate()', ledger);
        return next ledger;
    end loop;
end $$;
select ledgers.keep_row_changes();

-- Rows that one transaction makes keep the order in which it made them.
alter table ledgers.expenses alter column created_at set default clock_timestamp();
alter table ledgers.journal_proposals alter column created_at set default clock_timestamp();
