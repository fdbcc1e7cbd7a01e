-- What agents report of their own steps, below the step of the run that invoked them.
create table system.agent_steps (
    agent_session_id uuid not null references system.agent_sessions (id),
    step_id          text not null,
    position         integer not null,
    title            text not null,
    icon             text,
    status           text not null check (status in ('pending', 'active', 'completed', 'failed', 'waiting_for_input')),
    progress         text,
    failure          text,
    started_at       timestamptz,
    completed_at     timestamptz,
    primary key (agent_session_id, step_id)
);

-- What agents ask of people. An answer closes a request once.
create table system.agent_requests (
    id               uuid primary key,
    agent_session_id uuid not null references system.agent_sessions (id),
    task_id          uuid not null,
    step_id          text not null,
    pending_action   jsonb not null,
    asked_at         timestamptz not null default now(),
    answer           jsonb,
    answered_by      text,
    answered_at      timestamptz
);
create index agent_requests_open on system.agent_requests (task_id, asked_at) where answered_at is null;
