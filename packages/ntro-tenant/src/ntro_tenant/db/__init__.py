"""The cell's database: migrations and repositories."""
