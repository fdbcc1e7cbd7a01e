"""Scenarios beyond the built-in ones."""

from ntro.testing import Scenario

REJECT_SIGN_OFF = Scenario(name="reject_sign_off", review_overrides={"sign_off": "rejected"})
CORRECT_NOTHING = Scenario(name="correct_nothing", review_overrides={"review_journals": "corrected"})
