-- Which process answers a request: what it left unfinished when it died may be sent again at once.
alter table idempotency_keys add column owner text not null default '';
