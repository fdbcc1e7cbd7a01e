"""General ledgers behind Apideck's unified accounting interface."""
