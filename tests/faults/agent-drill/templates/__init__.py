"""The agent-drill runbook."""
