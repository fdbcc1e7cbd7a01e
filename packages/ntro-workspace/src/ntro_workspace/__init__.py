"""The control plane: tenants, entities, runbook versions, bindings, schedules, keys, states. No financial data."""
