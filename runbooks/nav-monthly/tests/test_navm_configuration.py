"""An entity's configuration that does not fit together is refused before the first step, each place named."""

from typing import Any

import pytest
from pydantic import ValidationError

from ntro.types.validation import in_words


def refusal(navm: Any, given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        navm.models.NavMonthlyContext.model_validate(given)
    return in_words(caught.value)


def line(code: str, **amounts: str) -> dict[str, Any]:
    return {"account_code": code, **amounts}


def standing(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"standing_journals": [{"description": "Monthly", "lines": list(lines)}]}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"shares": "0"}, "shares"),
        ({"shares": ""}, "shares"),
        ({"shares": 0.5}, "shares"),
        ({"period": "2026-13"}, "period"),
        ({"chart": []}, "chart"),
        ({"documents": []}, "documents"),
        ({"account_classes": {"1000": "treasure"}}, "1000"),
        (standing(line("5000", debit="1"), line("9", credit="1")), "9"),
        (standing(line("5000", debit="1"), line("1300", credit="2")), "Monthly"),
        (standing(line("5000", debit="1", credit="1"), line("1300", credit="1", debit="1")), "Monthly"),
        (standing(line("5000", debit="0.001"), line("1300", credit="0.001")), "Monthly"),
        (standing(line("5000", debit="-1"), line("1300", credit="-1")), "standing_journals.0.lines.0.debit"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, Any], named: str, navm: Any, month: Any):
    assert named in refusal(navm, month.Month().context(**changes))


def test_the_known_month_is_accepted_and_more_than_it_needs_is_ignored(navm: Any, month: Any):
    context = navm.models.NavMonthlyContext.model_validate(month.Month().context(priority="HIGH", ai={}))
    assert navm.configuration.problems(context) == []


def test_accounts_and_roles_must_exist(navm: Any, month: Any):
    given = month.Month().context()
    given["books"]["gl_map"] = given["books"]["gl_map"] | {"bank": "1199", "suspense": ""}
    given["books"]["bank_rules"] = [{"contains": "GIFT", "role": "gifts"}]
    given["chart"] = [*given["chart"], given["chart"][0], {"code": "7000", "name": "?", "type": "mystery"}]
    said = refusal(navm, given)
    assert all(name in said for name in ("1199", "gifts", "1000", "7000"))


def test_slots_must_be_of_known_kinds_once_each(navm: Any, month: Any):
    given = month.Month().context()
    slots = given["documents"]
    twice = [{**slots[0]}, {**slots[0]}, {"source": "odd", "schema_slug": "shopping-list", "title": "Odd"}]
    said = refusal(navm, given | {"documents": twice})
    assert all(name in said for name in ("trial-balance", "odd", "rent-roll"))
    assert "trial-balance" in refusal(navm, given | {"documents": slots[1:]})


def test_invoices_may_be_many_and_a_provider_may_have_a_schema_of_its_own(navm: Any, month: Any):
    given = month.Month().context()
    own = {"rent-roll": "rent-roll-zenko"}
    slots = [{**slot, "schema_slug": own.get(slot["schema_slug"], slot["schema_slug"])} for slot in given["documents"]]
    context = navm.models.NavMonthlyContext.model_validate(given | {"documents": slots})
    assert sum(slot.schema_slug == "invoice" for slot in context.documents) == 2
