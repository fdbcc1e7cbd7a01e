"""The recorder: what runs report becomes the projection, the audit log and the status reports, in one transaction."""
