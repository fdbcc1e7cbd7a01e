"""Agents at their hosts: registry, providers, sessions and what they leave. Loaded by activities only."""
