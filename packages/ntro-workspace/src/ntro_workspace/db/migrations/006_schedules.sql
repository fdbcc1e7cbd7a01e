alter table workflows add column paused boolean not null default false;
alter table workflows add column overlap text not null default 'ALLOW' check (overlap in ('ALLOW', 'SKIP'));
