"""The gate-drill runbook."""
