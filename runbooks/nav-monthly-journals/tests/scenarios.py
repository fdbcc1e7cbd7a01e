"""Scenarios beyond the built-in ones."""

from ntro.testing import Scenario

REJECT_REVIEW = Scenario(name="reject_review", review_overrides={"review_journals": "rejected"})
