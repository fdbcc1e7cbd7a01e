"""Boundary types: what comes in as text leaves typed."""
