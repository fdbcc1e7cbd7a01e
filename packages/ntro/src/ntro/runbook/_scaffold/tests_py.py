"""Writes `tests/`: an example input, scenarios, and a test that runs them."""

import json
from collections.abc import Sequence

from ntro.runbook._scaffold.fields import Field
from ntro.runbook._scaffold.steps import Step
from ntro.runbook._scaffold.text import literal

_SCENARIOS = '"""Scenarios beyond the built-in ones."""\n'
_IMPORT = "\nfrom ntro.testing import Scenario\n\n"
_TEST = '''\
"""The runbook in memory: its activities are mocked, people answer as the scenarios say."""

import pytest

from ntro.testing.plugin import RunbookUnderTest


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
{cases}    ],
)
def test_each_way_of_answering_has_its_outcome(ntro_runbook: RunbookUnderTest, scenario: str, status: str) -> None:
    result = ntro_runbook.run_sync(scenario)
    assert result.error is None
    assert result.result.status == status
'''


def input_json(fields: Sequence[Field]) -> str:
    """An input that fits."""
    given = {"tenant_slug": "acme", "entity_slug": "acme-spv1", "period": "2026-03"}
    given |= {field.name: field.example for field in fields if field.default is None}
    return json.dumps(given, indent=2, ensure_ascii=False) + "\n"


def scenarios_py(steps: Sequence[Step]) -> str:
    """The module of scenarios: each review rejected, the first one corrected."""
    reviews = [step for step in steps if step.kind == "review"]
    lines = [
        f"REJECT_{step.name.upper()} = Scenario("
        f'name={literal(f"reject_{step.name}")}, review_overrides={{{literal(step.id)}: "rejected"}})\n'
        for step in reviews
    ]
    if reviews:
        first = reviews[0]
        lines.append(
            "CORRECT = Scenario(\n"
            '    name="correct",\n'
            f"    corrections={{{literal(first.id)}: "
            '[{"line_item_id": "1", "field": "summary", "old_value": "", "new_value": "seen"}]},\n'
            ")\n"
        )
    return _SCENARIOS + (_IMPORT + "".join(lines) if lines else "")


def test_py(steps: Sequence[Step]) -> str:
    """The module of tests."""
    reviews = [step for step in steps if step.kind == "review"]
    outcomes = {"happy": "completed", "reject_all": "rejected" if reviews else "completed"}
    outcomes |= {f"reject_{step.name}": "rejected" for step in reviews}
    outcomes |= {"correct": "completed"} if reviews else {}
    cases = "".join(f"        ({literal(name)}, {literal(status)}),\n" for name, status in outcomes.items())
    return _TEST.format(cases=cases)
