"""Runbook bundles: how they lie on disk, and what their front matter says."""
