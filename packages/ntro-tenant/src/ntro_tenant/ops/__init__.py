"""The ops worker: commands from Workspace, environments and processes of runbook versions, status to Workspace."""
