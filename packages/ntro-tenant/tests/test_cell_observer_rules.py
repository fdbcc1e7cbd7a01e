"""The observer's rules: what each notes, what it goes by, and that nothing a runbook says can make it stumble."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_tenant.observer.confidence import low_confidence
from ntro_tenant.observer.deadlines import Awaited, missing_document
from ntro_tenant.observer.duplicates import invoice_of, same_invoice
from ntro_tenant.observer.durations import MIN_RUNS, unusual_duration
from ntro_tenant.observer.observations import Happening, Mode, mode_of
from ntro_tenant.observer.variance import FAR, is_compared, variance

AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.decimals(places=2).map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["confidence", "confidence_scores", "fields", "total", "number", "vendor", "raw_response"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


def completed() -> Happening:
    return replace(said({}), type="step.completed", source="worker", payload={"step_id": "read"})


def said(payload: Any, **changes: Any) -> Happening:
    values: dict[str, Any] = {
        "seq": 7,
        "task_id": uuid4(),
        "run_id": "run",
        "type": "period.closed",
        "source": "runbook",
        "payload": {"payload": payload},
        "at": AT,
        "runbook_slug": "nav-monthly",
        "entity_id": uuid4(),
        "period": "2026-03",
    }
    return Happening(**values | changes)


def test_a_value_below_four_fifths_is_read_with_low_confidence_and_one_at_it_is_not():
    found = low_confidence(said({"confidence_scores": {"total": "0.79", "date": "0.80", "vendor": "0.4"}}))
    assert found is not None
    assert found.evidence["scores"] == {"vendor": "0.4", "total": "0.79"}
    assert low_confidence(said({"confidence_scores": {"date": "0.80"}, "confidence": 1})) is None
    assert low_confidence(said({"confidence": "0.5"})) is not None


@pytest.mark.parametrize("score", ["NaN", "-1", "1.5", True, None, "sure", [], "Infinity"])
def test_what_is_no_confidence_is_not_judged(score: Any):
    assert low_confidence(said({"confidence": score})) is None


@given(before=st.decimals("1", "1e12", places=2), part=st.decimals("-2", "2", places=4))
def test_a_figure_is_noted_exactly_when_it_moved_more_than_a_quarter(before: Decimal, part: Decimal):
    now = (before * (1 + part)).quantize(Decimal("0.01"))
    earlier = said({"nav": f"{before:f}"}, seq=3, period="2026-02")
    found = variance(said({"nav": f"{now:f}"}), earlier)
    assert (found is not None) == (abs(now - before) / before > FAR)


def test_a_variance_names_its_figures_both_values_and_the_period():
    earlier = said({"books": {"assets": "100.00", "same": "5.00"}, "count": 3}, seq=3, period="2026-02")
    found = variance(said({"books": {"assets": "200.00", "same": "5.01"}, "count": 90}), earlier)
    assert found is not None
    assert found.evidence["figures"] == [
        {"figure": "books.assets", "before": "100.00", "now": "200.00", "percent": "100.0"}
    ]
    assert (found.evidence["period"], found.evidence["event"]) == ("2026-02", 3)


def test_documents_and_runs_without_a_period_have_no_earlier_period():
    assert is_compared(said({"nav": "1.00"}))
    assert not is_compared(said({"nav": "1.00"}, type="document.parsed"))
    assert not is_compared(said({"nav": "1.00"}, period=None))


@given(st.lists(st.integers(0, 10**7), min_size=MIN_RUNS, max_size=30), st.integers(0, 200))
def test_a_step_within_twice_its_median_is_never_unusual(earlier: list[int], percent: int):
    lower_middle = sorted(earlier)[(len(earlier) - 1) // 2]
    assert unusual_duration(completed(), lower_middle * percent // 100, earlier) is None


def test_a_step_far_above_its_median_is_unusual_once_enough_runs_are_known():
    event = completed()
    usual = [1000, 1100, 900, 1000, 1050, 950, 1000, 1000]
    found = unusual_duration(event, 60_000, usual)
    assert found is not None
    assert (found.evidence["median_ms"], found.evidence["runs"], found.evidence["step_id"]) == (1000, 8, "read")
    assert unusual_duration(event, 60_000, usual[:-1]) is None
    assert unusual_duration(event, 5_900, usual) is None


def invoice(number: str = "R-1", total: str = "120.00", seller: str = "Acme  Ltd", **more: Any) -> dict[str, Any]:
    return {"fields": {"invoice_number": number, "total": total, "vendor": seller}} | more


def test_the_same_number_amount_and_seller_in_other_bytes_is_a_duplicate():
    event = said(invoice(sha256="b"), type="document.parsed")
    spelled = said(invoice(" r-1", "120.0", "ACME ltd", sha256="a"), seq=3, type="extraction.completed")
    found = same_invoice(event, [spelled])
    assert found is not None
    assert [one["event"] for one in found.evidence["earlier"]] == [3]


@pytest.mark.parametrize(
    "other",
    [
        invoice(sha256="b"),
        invoice("R-2", sha256="a"),
        invoice(total="120.01", sha256="a"),
        invoice(seller="B", sha256="a"),
    ],
)
def test_the_same_document_again_or_another_invoice_is_no_duplicate(other: dict[str, Any]):
    assert same_invoice(said(invoice(sha256="b")), [said(other, seq=3)]) is None


def test_an_invoice_is_known_only_by_all_three():
    assert invoice_of({"fields": {"invoice_number": "1", "total": "2.00"}}) is None
    assert invoice_of({"fields": []}) is None


@pytest.mark.parametrize(
    ("waits", "passed", "noted"),
    [(8, 0, False), (8, 5, False), (8, 6, True), (8, 9, True), (200, 175, False), (200, 176, True)],
)
def test_a_missing_document_is_noted_in_the_last_quarter_of_its_time_a_day_at_most(
    waits: int, passed: int, noted: bool
):
    gate = Awaited("g", uuid4(), "run", "collect", "bank", None, AT, AT + timedelta(hours=waits))
    found = missing_document(gate, AT + timedelta(hours=passed))
    assert (found is not None) == noted
    assert found is None or (found.key, found.evidence["source"]) == ("g", "bank")


@given(st.none() | anything | st.fixed_dictionaries({"observer": anything}))
def test_a_config_that_names_no_mode_means_rules_only(config: Any):
    assert mode_of(config) is Mode.RULES_ONLY


@pytest.mark.parametrize("mode", list(Mode))
def test_a_tenant_chooses_its_mode(mode: Mode):
    assert mode_of({"observer": {"mode": mode.value}}) is mode


@given(anything, anything, st.sampled_from(["document.parsed", "extraction.completed", "period.closed"]))
def test_whatever_a_runbook_says_no_rule_stumbles(first: Any, second: Any, kind: str):
    event, before = said(first, type=kind), said(second, type=kind, seq=3, period="2026-02")
    low_confidence(event)
    same_invoice(event, [before])
    if is_compared(event):
        variance(event, before)
