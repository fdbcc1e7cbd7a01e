"""The workflow surface of the SDK."""
