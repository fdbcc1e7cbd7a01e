"""Runs of the SDK alone: one class for each thing that a history has to keep."""
