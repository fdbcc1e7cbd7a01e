"""The tenant's own general ledger, as a provider."""
