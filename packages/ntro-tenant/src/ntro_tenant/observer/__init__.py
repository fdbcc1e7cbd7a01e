"""The observer: it reads what happens in runs and notes what a person should look at.

It can change no result. It reads the cell's records and adds rows of the type `observation` to the audit log; runs
never read those. It knows nothing of the workflow engine, and a run never waits for it.
"""
