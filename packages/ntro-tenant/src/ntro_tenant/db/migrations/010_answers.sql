-- Answers of models that are used again: what was asked is hashed into the key, with the model and the prompt's version.
create table system.cache_extract (
    cache_key      text primary key,
    schema_slug    text not null,
    provider       text not null,
    model          text not null,
    prompt_version text not null,
    result         jsonb not null,
    created_at     timestamptz not null default now()
);

create table system.cache_check (
    cache_key      text primary key,
    spec_id        text not null,
    provider       text not null,
    model          text not null,
    prompt_version text not null,
    result         jsonb not null,
    created_at     timestamptz not null default now()
);
