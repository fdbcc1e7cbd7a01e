-- Who changed what in the registry. Written by the database itself, so that no path past the API is missed;
-- names of changed members only, never their values.
create table administrative_acts (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    request_id text,
    action text not null,
    object_type text not null,
    object_id text not null,
    tenant_id uuid,
    changed text[] not null default '{}'
);
create index administrative_acts_by_tenant on administrative_acts (tenant_id, id desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'administrative acts are never changed';
end $$;
create trigger administrative_acts_stay before update or delete on administrative_acts
    for each row execute function refuse_change();
create trigger administrative_acts_are_kept before truncate on administrative_acts
    for each statement execute function refuse_change();

-- Arguments: what the object is called, then columns whose change alone is no act.
create function note_administrative_act() returns trigger language plpgsql as $$
declare
    old_row jsonb := case when tg_op = 'INSERT' then '{}'::jsonb else to_jsonb(old) end;
    new_row jsonb := case when tg_op = 'DELETE' then '{}'::jsonb else to_jsonb(new) end;
    object jsonb := old_row || new_row;
    names text[] := '{}';
begin
    if tg_op = 'UPDATE' then
        select coalesce(array_agg(key order by key), '{}') into names from jsonb_object_keys(object) key
        where old_row -> key is distinct from new_row -> key and not key = any (tg_argv[1:]);
        if names = '{}' then
            return null;
        end if;
    end if;
    insert into administrative_acts (actor, request_id, action, object_type, object_id, tenant_id, changed)
    values (
        coalesce(nullif(current_setting('ntro.actor', true), ''), 'system'),
        nullif(current_setting('ntro.request_id', true), ''),
        case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end,
        tg_argv[0],
        object ->> 'id',
        (case when tg_table_name = 'tenants' then object ->> 'id' else object ->> 'tenant_id' end)::uuid,
        names
    );
    return null;
end $$;

create trigger acts after insert or update or delete on tenants
    for each row execute function note_administrative_act('tenant', 'updated_at', 'revision');
create trigger acts after insert or update or delete on entities
    for each row execute function note_administrative_act('entity', 'updated_at', 'normalised_name');
create trigger acts after insert or update or delete on agents
    for each row execute function note_administrative_act('agent', 'updated_at');
create trigger acts after insert or delete on agent_versions
    for each row execute function note_administrative_act('agent version');
create trigger acts after insert or update or delete on workflows
    for each row execute function note_administrative_act('workflow', 'updated_at');
create trigger acts after insert or update or delete on data_platforms
    for each row execute function note_administrative_act('data platform', 'updated_at');
create trigger acts after insert or update or delete on email_integrations
    for each row execute function note_administrative_act('email integration');
create trigger acts after insert or delete on capabilities
    for each row execute function note_administrative_act('capability');
create trigger acts after insert on deployments
    for each row execute function note_administrative_act('deployment');
create trigger acts after insert or update or delete on api_keys
    for each row execute function note_administrative_act('key', 'last_used_at', 'digest');
create trigger acts after insert or update or delete on users
    for each row execute function note_administrative_act('user', 'updated_at');
