"""Runs the scenarios of a runbook in its folder: its own ones, the built-in ones, with the input that it gives."""

import importlib.util
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ntro.testing.harness import WorkflowHarness
from ntro.testing.loading import load_runbook_with_children
from ntro.testing.results import RunResult
from ntro.testing.scenarios import BUILT_IN_SCENARIOS, Scenario
from ntro.testing.server import ServerProcess

SCENARIOS = "tests/scenarios.py"
EXAMPLE_INPUT = "tests/input.json"


class ScenarioError(Exception):
    """A scenario is not known, or what the runbook says of its tests cannot be read."""


def scenarios_of(folder: Path) -> dict[str, Scenario]:
    """The built-in scenarios and those of the runbook, by name; its own ones win.

    Raises:
        ScenarioError: its module of scenarios does not import.
    """
    path = folder / SCENARIOS
    if not path.is_file():
        return dict(BUILT_IN_SCENARIOS)
    spec = importlib.util.spec_from_file_location("_ntro_scenarios", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ScenarioError(f"{path} does not import: {type(error).__name__}: {error}") from error
    own = [value for value in vars(module).values() if isinstance(value, Scenario)]
    return BUILT_IN_SCENARIOS | {scenario.name: scenario for scenario in own}


def example_input(folder: Path) -> dict[str, Any] | None:
    """The input in the runbook's `tests/input.json`; none where it has none.

    Raises:
        ScenarioError: the file holds no JSON object.
    """
    path = folder / EXAMPLE_INPUT
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ScenarioError(f"{path} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ScenarioError(f"{path} holds no JSON object.")
    return found


async def run_scenario(
    folder: Path,
    scenario: str | Scenario,
    *,
    children: Sequence[Path] = (),
    given: dict[str, Any] | None = None,
    activities: Sequence[Callable[..., Any]] = (),
    timeout_s: float = 30.0,
) -> RunResult:
    """Run the runbook in `folder` once, as `run_scenarios` does; `activities` are taken instead of their mocks."""
    chosen = _named(scenarios_of(folder), [scenario])[0] if isinstance(scenario, str) else scenario
    cls, child_classes, _ = load_runbook_with_children(folder, children_dirs=children)
    async with WorkflowHarness(cls, child_workflows=child_classes, extra_activities=activities) as harness:
        return await harness.run(scenario=chosen, timeout_s=timeout_s, **_input(folder, given))


async def run_scenarios(
    folder: Path,
    *,
    names: Sequence[str] = (),
    children: Sequence[Path] = (),
    given: dict[str, Any] | None = None,
    workflow_class: str | None = None,
    timeout_s: float = 30.0,
    server: ServerProcess | None = None,
) -> list[RunResult]:
    """Run the runbook in `folder` once for each scenario, in memory, every activity mocked by what it promises.

    Args:
        folder: the bundle.
        names: of the scenarios; all that there are when none is named.
        children: bundles that it dispatches.
        given: its input; else its own example, else one made from its annotation.
        workflow_class: its class, where it is not named for the slug.
        timeout_s: real seconds for each scenario.
        server: one that was started before; it ends with the scenarios.

    Raises:
        ScenarioError: a scenario is not known.
        BundleError: a bundle does not load.
        MockUnavailable: no example of an activity's result or of the input can be made.
    """
    known = scenarios_of(folder)
    chosen = _named(known, names or list(known))
    cls, child_classes, _ = load_runbook_with_children(folder, children_dirs=children, workflow_class=workflow_class)
    async with WorkflowHarness(cls, child_workflows=child_classes, server=server) as harness:
        options = _input(folder, given)
        return [await harness.run(scenario=scenario, timeout_s=timeout_s, **options) for scenario in chosen]


def _named(known: dict[str, Scenario], names: Sequence[str]) -> list[Scenario]:
    if unknown := [name for name in names if name not in known]:
        raise ScenarioError(f"There is no scenario {', '.join(unknown)}; there are {', '.join(known)}.")
    return [known[name] for name in names]


def _input(folder: Path, given: dict[str, Any] | None) -> dict[str, Any]:
    """The argument of a run; none where one is to be made from its annotation."""
    found = example_input(folder) if given is None else given
    return {} if found is None else {"input": found}
