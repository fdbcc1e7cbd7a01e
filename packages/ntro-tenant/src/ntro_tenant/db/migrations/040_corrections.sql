-- What people corrected is read from the audit log: at gates, in rows at gates, and in rows outside of their run.
create index events_corrections on system.events (seq)
    where type in ('row.action', 'ledger.row_edited', 'ledger.row_rejected')
       or (type = 'gate.closed' and payload #> '{decision,corrections}' <> '[]'::jsonb);
