"""The runbook worker: one version of one runbook, in its own environment and process."""
