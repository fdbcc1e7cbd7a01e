"""Rules of the books, pure: no database, clock or network. Submodules are imported by name.

`models` (charts, trial balances, journals), `validation`, `proposal`, `posting`, `nav`, `property_spv`, `checks`.
"""
