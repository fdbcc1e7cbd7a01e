"""What both servers stand on: settings, logs, PostgreSQL, the HTTP envelope, a way to serve."""
