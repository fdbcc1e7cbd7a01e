-- Who is who: subjects of tokens with the names that Workspace gave them, as of when they last came or acted here.
create table system.people (
    subject text primary key,
    name    text not null,
    seen_at timestamptz not null default now()
);
