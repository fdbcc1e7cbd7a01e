"""The tenant cell: runs, documents, ledgers, audit log and the pages of one tenant."""
