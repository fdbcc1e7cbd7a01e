"""Any process of the stack is killed at any moment of a close; `ntro up`, and the close ends as if nothing had been."""

import random
import time
from collections.abc import Callable

import pytest
from tests.conftest import Stack
from tests.faults.background import BackgroundDemo
from tests.faults.findings import inspect
from tests.faults.victims import EVERYTHING, KINDS, PROC, Victims

pytestmark = [
    pytest.mark.stack,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not PROC.is_dir(), reason="this system does not show its processes in /proc"),
]
KILLS = 11
FIRST_WORD, LAST_WORD = 3, 30  # of about 38 different things that a demo says; by then the NAV is computed
LONGEST_PAUSE = 0.4
LONGEST_OUTAGE = 1.5
Say = Callable[[str], None]


def test_a_close_survives_the_kill_of_any_process_and_of_all_at_any_moment(
    own_stack: Stack, chance: random.Random, say: Say
) -> None:
    victims = Victims(own_stack.home)
    kinds = [*KINDS, EVERYTHING, *chance.choices(KINDS, k=KILLS - len(KINDS) - 1)]
    chance.shuffle(kinds)
    moments = sorted(chance.sample(range(FIRST_WORD, LAST_WORD), KILLS))
    with BackgroundDemo(own_stack) as demo:
        for kind, moment in zip(kinds, moments, strict=True):
            demo.reaches(moment)
            if kind != EVERYTHING:
                victims.wait_for(kind)
            time.sleep(chance.uniform(0, LONGEST_PAUSE))  # the moment is random, nothing is waited for
            killed = victims.kill_all() if kind == EVERYTHING else victims.kill_one(kind, chance)
            say(f"killed {kind} ({killed}) at {moment}, up again after {healed(own_stack, demo, chance):.1f} s")
        inspect(own_stack, demo.result())
        say(f"the demo was started {demo.attempts} times")


def healed(stack: Stack, demo: BackgroundDemo, chance: random.Random) -> float:
    """Lets the demo meet the outage, then brings the stack up again; the seconds that the latter took."""
    time.sleep(chance.uniform(0, LONGEST_OUTAGE))
    with demo.held():
        began = time.monotonic()
        stack.up()
        return time.monotonic() - began
