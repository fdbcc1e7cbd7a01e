"""The pages of Workspace: metadata for operators and administrators, written on the server."""
