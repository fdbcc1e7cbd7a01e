-- Runs a script of a bundle. Its owner is made the role of bundle scripts before the first one runs, so that a script
-- reaches the ledgers only; being a definer's function, it cannot take its caller's role back.
create function ledgers.run_bundle_script(script text) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    execute script;
end $$;
revoke all on function ledgers.run_bundle_script(text) from public;
