"""Writing runbooks: scaffold, validate, test, plan, deploy."""
