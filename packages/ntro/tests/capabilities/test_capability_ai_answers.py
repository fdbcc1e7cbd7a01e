"""The JSON in a model's answer: read exactly, or refused."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.capabilities.ai import UnreadableAnswerError
from ntro.capabilities.ai.answers import MAX_ANSWER_CHARACTERS, read_answer
from ntro.capabilities.ai.enums import enforce, options_of
from ntro.capabilities.ai.models import ExtractionResult
from ntro.capabilities.ai.shape import MAX_LINE_ITEMS, extraction_of

_LEAVES = st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text()
_VALUES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
_OBJECTS = st.dictionaries(st.text(), _VALUES)


@given(
    value=_OBJECTS, around=st.sampled_from(["{}", "```json\n{}\n```", "Here it is:\n{}\nThat is all.", "```\n{}\n```"])
)
def test_an_object_is_found_alone_fenced_or_among_words(value: dict[str, Any], around: str):
    assert read_answer(around.replace("{}", json.dumps(value))) == value


@given(value=_OBJECTS.filter(bool), cut=st.integers(1, 10_000))
def test_a_cut_off_answer_is_never_read(value: dict[str, Any], cut: int):
    text = json.dumps({"fields": value})
    with pytest.raises(UnreadableAnswerError):
        read_answer(text[: 1 + cut % (len(text) - 1)])


@given(text=st.text())
def test_any_text_is_read_or_refused(text: str):
    with suppress(UnreadableAnswerError):
        read_answer(text)


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20))
def test_a_number_with_a_point_stays_the_text_that_was_written(amount: Decimal):
    written = f"{amount:f}"
    assert read_answer(f'{{"a": {written}}}') == {"a": written}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I cannot read this.",
        '{"a": NaN}',
        '{"a": -Infinity}',
        '{"a": 1e999999}',
        '{"a": 1e99999999999999999999}',
        '{"a": 1} {"b": 2}',
        '{"a": 1, "a": 2}',
        '{"a": 1}\n\n{"a": 2}',
        '```json\n{"a": 1}\n```\n```json\n{"a": 2}\n```',
        "[" * 100_000,
        "x" * (MAX_ANSWER_CHARACTERS + 1),
        '{"a": ' + "9" * 5_000 + "}",
    ],
)
def test_what_is_no_single_value_is_refused(text: str):
    with pytest.raises(UnreadableAnswerError):
        read_answer(text)


@pytest.mark.parametrize(
    "answer",
    [
        "{}",
        '"text"',
        "3",
        '{"total": "1.00"}',
        '{"fields": []}',
        '{"line_items": {"a": 1}}',
        '{"line_items": ["a"]}',
        '{"line_items": [], "summary": 3}',
        "[1, 2]",
        json.dumps({"line_items": [{}] * (MAX_LINE_ITEMS + 1)}),
    ],
)
def test_an_answer_of_another_shape_is_refused(answer: str):
    with pytest.raises(UnreadableAnswerError):
        extraction_of(answer, "invoice")


def test_parts_that_are_left_out_or_null_are_empty():
    found = extraction_of('{"fields": {"a": "1"}, "line_items": null}', "invoice")
    assert (found.fields, found.line_items, found.confidence_scores, found.summary) == ({"a": "1"}, [], {}, "")
    assert found.average_confidence == 0.0


def test_every_row_gets_an_id_that_is_its_own():
    rows = [{"a": 1}, {"id": "x"}, {"id": 7}, {"id": "d"}, {"id": "d"}, {"id": None}, {"id": "line-1"}, {"id": {}}]
    found = extraction_of(json.dumps(rows), "invoice")
    ids = [row["id"] for row in found.line_items]
    assert ids == ["line-1-row", "x", "7", "line-4", "line-5", "line-6", "line-1", "line-8"]
    assert [issue.path for issue in found.issues] == ["line_items.3.id", "line_items.4.id"]
    assert extraction_of(json.dumps(rows), "invoice") == found


@given(rows=st.lists(st.dictionaries(st.sampled_from(["id", "a"]), st.text(max_size=3) | st.integers(0, 3))))
def test_ids_of_rows_never_meet(rows: list[dict[str, Any]]):
    ids = [row["id"] for row in extraction_of(json.dumps({"line_items": rows}), "s").line_items]
    assert len(set(ids)) == len(rows)
    assert all(isinstance(name, str) and name for name in ids)


def test_confidences_are_numbers_from_nought_to_one_or_none_at_all():
    scores = {"a": 0.5, "b": 1, "c": "0.25", "d": 1.5, "e": "high", "f": True, "g": {"h": 0.75}, "i": -1}
    found = extraction_of(json.dumps({"confidence_scores": scores}), "s")
    assert found.confidence_scores == {"a": 0.5, "b": 1, "c": 0.25, "d": 0, "e": 0, "f": 0, "g.h": 0.75, "i": 0}
    assert [issue.path for issue in found.issues] == [f"confidence_scores.{name}" for name in "defi"]


CURRENCIES = [{"slug": "GBP", "hint": "pounds"}, {"value": "EUR", "description": "euros"}]


def test_a_value_outside_its_set_is_taken_out_and_shown():
    result = ExtractionResult(fields={"currency": "USD"}, confidence_scores={"currency": 0.9})
    held = enforce(result, {"currency": CURRENCIES})
    assert held.fields == {"currency": None}
    assert held.confidence_scores["currency"] == 0
    assert [(issue.code, issue.path, issue.value) for issue in held.issues] == [
        ("not_in_enum", "fields.currency", "USD")
    ]
    assert result.fields == {"currency": "USD"}


def test_a_value_that_is_only_spelled_otherwise_is_put_right_and_shown():
    held = enforce(ExtractionResult(fields={"kind": "Rent  receipt"}), {"fields.kind": ["rent-receipt", "other"]})
    assert held.fields == {"kind": "rent-receipt"}
    assert [issue.code for issue in held.issues] == ["repaired_enum"]


def test_sets_reach_into_rows_lists_and_objects():
    rows = [{"id": "1", "category": "travel"}, {"id": "2", "category": "gifts"}, {"id": "3"}]
    fields = {"party": {"roles": [{"kind": "a"}, {"kind": "z"}]}, "allowed": "travel"}
    held = enforce(
        ExtractionResult(fields=fields, line_items=rows),
        {
            "line_items[].category": ["travel"],
            "party.roles.kind": ["a", "b"],
            "category": ["travel"],
            "absent": ["x"],
            "allowed": ["travel"],
        },
    )
    assert [row.get("category") for row in held.line_items] == ["travel", None, None]
    assert held.fields["party"]["roles"] == [{"kind": "a"}, {"kind": None}]
    assert [issue.path for issue in held.issues] == ["line_items.1.category", "fields.party.roles.1.kind"]
    assert held.confidence_scores["line_items.1.category"] == 0


@given(value=st.text() | st.integers() | st.booleans() | st.lists(st.text()))
def test_nothing_outside_its_set_is_ever_kept(value: Any):
    held = enforce(ExtractionResult(fields={"currency": value}), {"currency": CURRENCIES})
    assert held.fields["currency"] in {None, "GBP", "EUR"}
    assert (held.fields["currency"] == value) or held.issues


@pytest.mark.parametrize("enums", [{"a": []}, {"": ["x"]}, {"a": [{"hint": "x"}]}, {"a": "xy"}])
def test_a_set_without_values_is_refused(enums: Any):
    with pytest.raises(ValueError):
        options_of(enums)
