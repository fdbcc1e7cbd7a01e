"""Scenarios beyond the built-in ones."""

from ntro.testing import Scenario

REJECT_FIRST_REVIEW = Scenario(name="reject_review", review_overrides={"review_document": "rejected"})
