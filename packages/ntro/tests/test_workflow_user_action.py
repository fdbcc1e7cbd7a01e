"""Decisions in every dialect come out in one shape."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.workflow.decisions import Decision
from ntro.workflow.payloads import payload_hash
from ntro.workflow.user_action import UserAction

WORDS = {
    "approve": "approved",
    "approved": "approved",
    "reject": "rejected",
    "rejected": "rejected",
    "correct": "corrected",
    "corrected": "corrected",
}
KINDS = {"approved": "approve", "rejected": "reject", "corrected": "correct"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(key=st.sampled_from(["kind", "type", "action"]), word=st.sampled_from(sorted(WORDS)), payload=json_values)
def test_each_dialect_means_the_same(key: str, word: str, payload: Any):
    action = UserAction.read({key: word, "payload": payload})
    verdict = WORDS[word]
    assert isinstance(action, dict)
    assert (action.action, action["type"], action["action"]) == (verdict, verdict, verdict)
    assert action["kind"] == action.get("kind", "approve") == KINDS[verdict]
    assert action.payload == payload
    assert action.corrections == []


@given(first=st.sampled_from(sorted(WORDS)), second=st.sampled_from(sorted(WORDS)))
def test_verdicts_that_contradict_each_other_are_refused(first: str, second: str):
    raw = {"kind": first, "type": second}
    if WORDS[first] == WORDS[second]:
        assert UserAction.read(raw).action == WORDS[first]
    else:
        with pytest.raises(ValueError):
            UserAction.read(raw)


@given(raw=json_values | st.dictionaries(st.sampled_from(["kind", "type", "action", "x"]), json_values, max_size=4))
def test_whatever_comes_is_read_or_refused_with_a_value_error(raw: Any):
    try:
        action = UserAction.read(raw)
    except ValueError:
        return
    assert action.action in KINDS
    assert UserAction.read(action) == action


@given(key=st.sampled_from(["line_item_id", "expense_id", "id"]), value=st.text(min_size=1, max_size=5))
def test_a_correction_has_every_key_that_runbooks_read(key: str, value: str):
    action = UserAction.read({"kind": "correct", "corrections": [{key: value, "field": "amount", "new_value": "1"}]})
    assert action.corrections == [
        {
            "line_item_id": value,
            "expense_id": value,
            "id": value,
            "field": "amount",
            "old_value": None,
            "new_value": "1",
        }
    ]


def test_unknown_fields_are_kept_and_comments_are_the_reason():
    action = UserAction.read({"type": "rejected", "comments": "wrong account", "channel": "mail"})
    assert action.reason == action["comments"] == "wrong account"
    assert action["channel"] == "mail"


def test_a_decision_of_an_update_reads_the_same():
    decision = Decision(gate_id="g", action="corrected", decision_id="d", actor="ana", reason="typo")
    action = UserAction.of(decision)
    assert (action.action, action.actor, action.reason, action["gate_id"]) == ("corrected", "ana", "typo", "g")


@given(value=json_values)
def test_the_hash_of_a_payload_does_not_depend_on_the_order_of_keys(value: Any):
    assert payload_hash({"a": value, "b": 1}) == payload_hash({"b": 1, "a": value})


def test_the_hash_tells_amounts_apart_and_takes_floats_as_text():
    assert payload_hash(Decimal("1.10")) == payload_hash("1.10")
    assert payload_hash(Decimal("1.10")) != payload_hash(Decimal("1.1"))
    assert payload_hash(0.1) == payload_hash("0.1")
