"""How the console judges cells and writes states, times and configs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_workspace.console import formats
from ntro_workspace.console.configs import MAX_MEMBERS, summary_of
from ntro_workspace.console.health import PATIENCE, health_of

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
LONG_AGO = NOON - PATIENCE - timedelta(seconds=1)
JUST_NOW = NOON - PATIENCE + timedelta(seconds=1)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=300)
CONFIGS = st.dictionaries(
    st.text(max_size=20),
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_size=6,
)


def cell(**changes: Any) -> dict[str, Any]:
    working = {"status": "ACTIVE", "oldest_command": None, "oldest_queued": None, "last_contact": LONG_AGO}
    return working | changes


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "COMPLETED"),
        ({"last_contact": None}, "READY"),
        ({"oldest_command": JUST_NOW, "oldest_queued": JUST_NOW}, "COMPLETED"),
        ({"oldest_command": LONG_AGO}, "FAILED"),
        ({"oldest_queued": LONG_AGO}, "FAILED"),
        ({"status": "REQUESTED"}, "READY"),
        ({"status": "PROVISIONING"}, "IN_PROGRESS"),
        ({"status": "FAILED"}, "FAILED"),
        ({"status": "DEPROVISIONING", "oldest_queued": LONG_AGO}, "BLOCKED"),
    ],
)
def test_silence_is_no_illness_and_work_that_lies_is(changes: dict[str, Any], state: str):
    assert health_of(cell(**changes), NOON).state == state


def test_what_is_wrong_comes_with_what_to_do():
    for changes in ({"oldest_command": LONG_AGO}, {"oldest_queued": LONG_AGO}, {"status": "FAILED"}):
        assert health_of(cell(**changes), NOON).advice.startswith("ntro ")
    assert health_of(cell(), NOON).advice == ""


def test_times_are_shown_as_clocks_of_their_zone():
    assert formats.zoned(NOON, "Europe/Jersey") == "Wed 01 Apr 2026 13:00"
    assert formats.zoned(NOON, None) == "Wed 01 Apr 2026 12:00"


@pytest.mark.parametrize(
    ("hours", "urgency"), [(0, "fresh"), (23, "fresh"), (24, "aging"), (71, "aging"), (72, "stale")]
)
def test_a_wait_grows_old(hours: int, urgency: str):
    assert formats.urgency(NOON - timedelta(hours=hours), NOON) == urgency


@given(CONFIGS, st.text(min_size=8, max_size=40))
def test_no_secret_of_a_config_is_shown(config: dict[str, Any], secret: str):
    secret = f"canary{secret}"
    hidden = {"password": secret, "deep": {"apiKey": secret}, "sealed_one": {"sealed": secret}, "list": [secret]}
    shown = summary_of(config | hidden)
    assert not [member for member in shown if secret in member.text]
    assert len(shown) <= MAX_MEMBERS


@given(CONFIGS)
def test_a_config_is_shown_in_order_and_short(config: dict[str, Any]):
    shown = summary_of(config)
    assert all(len(member.text) <= 120 for member in shown)
    assert shown == summary_of(dict(reversed(config.items())))


def test_a_config_without_end_is_cut():
    assert len(summary_of({str(number): number for number in range(1000)})) == MAX_MEMBERS


@pytest.mark.parametrize("state", ["ACTIVE", "BLOCKED", "PAUSED", "SOMETHING_NEW"])
def test_every_state_has_a_word_a_colour_and_an_icon(state: str):
    assert formats.word(state)
    assert formats.tone(state)
    assert formats.state_icon(state)
