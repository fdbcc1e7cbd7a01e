"""The document-ingest runbook."""
