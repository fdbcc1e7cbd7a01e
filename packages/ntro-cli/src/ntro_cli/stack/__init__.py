"""The embedded stack: PostgreSQL, Temporal, Workspace and a cell for each tenant, on this machine's loopback."""
