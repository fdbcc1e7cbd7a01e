-- Sessions of the console that a key opened: they may what that key may, and end when it ends.
alter table api_keys add column session_of text references api_keys (id);

-- Links that open the console, once.
create table console_links (
    id text primary key,
    digest bytea not null,
    key_id text references api_keys (id),
    user_id uuid references users (id),
    expires_at timestamptz not null,
    check ((key_id is null) <> (user_id is null))
);
