"""Data platforms as the cell reaches them: connection tests and the names of schemas and tables, never rows."""
