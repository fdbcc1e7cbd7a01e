-- How far the observer has read the log, and how far its observations have been remarked on. What happened before it
-- was there is not looked at.
create table system.observer (
    only_one boolean primary key default true check (only_one),
    observed bigint not null,
    remarked bigint not null
);
insert into system.observer (observed, remarked) select coalesce(max(seq), 0), coalesce(max(seq), 0) from system.events;

create index events_of_runbooks on system.events (type, seq) where source = 'runbook';
create index submitted_documents_bytes on ingest.submitted_documents (sha256);
