"""The `ntro` command."""
