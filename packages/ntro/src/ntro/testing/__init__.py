"""Runs runbooks in memory: a harness that answers gates by a scenario, mocks made from annotations, reports."""
