"""`ntro demo`: a month closed end to end on this machine."""
