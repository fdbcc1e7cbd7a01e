"""The platform's subledger types; importing one registers it."""
