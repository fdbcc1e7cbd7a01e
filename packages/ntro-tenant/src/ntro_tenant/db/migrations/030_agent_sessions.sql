-- Sessions of agents at their hosts: an intent before anything is begun there, so that none is ever paid for twice.
create table system.agent_sessions (
    id            uuid primary key default gen_random_uuid(), -- the tag that marks the session at its host
    agent_id      uuid not null,
    kind          text not null,
    external_ref  text not null,
    task_id       text not null,
    run_id        text not null,
    step_id       text,
    call_id       text not null,
    input         text not null,
    input_sha256  text not null check (input_sha256 ~ '^[0-9a-f]{64}$'),
    session_id    text,
    extra         jsonb not null default '{}',
    state         text not null default 'intent'
        check (state in ('intent', 'running', 'rescheduling', 'waiting', 'completed', 'failed', 'terminated', 'cancelled')),
    deadline      timestamptz not null,
    result        jsonb,
    events_sha256 text,
    event_count   integer,
    created_at    timestamptz not null default now(),
    closed_at     timestamptz,
    check (state = 'intent' or session_id is not null or closed_at is not null),
    check ((closed_at is not null) = (state in ('completed', 'failed', 'terminated', 'cancelled')))
);
-- One call is one session, and the same question in one task is one, unless the earlier one did not complete.
create unique index agent_sessions_call on system.agent_sessions (call_id, agent_id, input_sha256) where call_id <> '';
create unique index agent_sessions_once on system.agent_sessions (task_id, agent_id, input_sha256)
    where state in ('intent', 'running', 'rescheduling', 'waiting', 'completed');
create index agent_sessions_open on system.agent_sessions (task_id, agent_id) where closed_at is null;

-- The files that a session left, each stored once.
create table system.agent_files (
    agent_session_id uuid not null references system.agent_sessions (id),
    file_id          text not null,
    document_id      uuid not null,
    filename         text not null,
    content_type     text not null,
    size_bytes       bigint not null,
    stored_at        timestamptz not null default now(),
    primary key (agent_session_id, file_id)
);
