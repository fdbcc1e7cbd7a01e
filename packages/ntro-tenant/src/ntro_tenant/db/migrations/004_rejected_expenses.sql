-- A row that could not be read in full may be rejected or left out as it is; it need not be completed first.
alter table ledgers.expenses drop constraint expenses_check;
alter table ledgers.expenses add constraint expenses_complete check (
    status in ('NEEDS_ATTENTION', 'REJECTED', 'EXCLUDED')
    or (vendor is not null and amount_gross is not null and currency is not null)
);
