"""Tools by what they are about. Those of Workspace carry no financial data; those of a task ask its cell."""
