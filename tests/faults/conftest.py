"""Chance that can be had again."""

import os
import random
from collections.abc import Callable

import pytest


@pytest.fixture
def chance(say: Callable[[str], None]) -> random.Random:
    """The chance of this run; its seed is printed, and `NTRO_TEST_SEED` brings it back."""
    seed = int(os.environ.get("NTRO_TEST_SEED") or random.SystemRandom().randrange(2**32))
    say(f"NTRO_TEST_SEED={seed}")
    return random.Random(seed)
