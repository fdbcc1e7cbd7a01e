-- How an agent is used: its environment, vaults, version and budget at its host. Never a secret.
alter table agents add column capability_manifest jsonb;
