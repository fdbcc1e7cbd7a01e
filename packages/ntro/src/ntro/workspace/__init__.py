"""The Workspace as its clients see it."""
