"""The pytest plug-in: the fixture `ntro_runbook` runs the runbook in whose folder a test lies.

A failing test is shown with the report of every run that it made.
"""

import asyncio
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ntro.testing.results import RunResult
    from ntro.testing.scenarios import Scenario

MARKER = "ntro_runbook"
_RUNS = pytest.StashKey[list["RunResult"]]()


class RunbookUnderTest:
    """A runbook and its scenarios. Every run has a server and a worker of its own; activities are mocked.

    Attributes:
        folder: the bundle.
        children: bundles that it dispatches.
        runs: the results so far.
    """

    def __init__(self, folder: Path, *, children: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.children = list(children)
        self.runs: list[RunResult] = []

    @property
    def scenarios(self) -> "dict[str, Scenario]":
        """The built-in scenarios and those of `tests/scenarios.py`, by name.

        Raises:
            ScenarioError: its module of scenarios does not import.
        """
        from ntro.testing.running import scenarios_of  # noqa: PLC0415 - pytest loads this module in every session

        return scenarios_of(self.folder)

    async def run(
        self,
        scenario: "str | Scenario" = "happy",
        *,
        input: dict[str, Any] | None = None,  # noqa: A002 - the harness's name of it
        activities: Sequence[Any] = (),
        timeout_s: float = 30.0,
    ) -> "RunResult":
        """Run once; a run that fails is a result, not an exception.

        Args:
            scenario: how people answer: a scenario, or the name of one.
            input: the run's; `tests/input.json` when not given, else one made from its annotation.
            activities: real or hand-made activities instead of mocks of the same name.
            timeout_s: real seconds.

        Raises:
            ScenarioError: there is no scenario of that name.
            BundleError: a bundle does not load.
            pydantic.ValidationError: the input is not what `run` takes.
        """
        from ntro.testing.running import run_scenario  # noqa: PLC0415 - as above

        result = await run_scenario(
            self.folder, scenario, children=self.children, given=input, activities=activities, timeout_s=timeout_s
        )
        self.runs.append(result)
        return result

    def run_sync(self, scenario: "str | Scenario" = "happy", **options: Any) -> "RunResult":
        """`run` for tests that are no coroutines."""
        return asyncio.run(self.run(scenario, **options))


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", f"{MARKER}(path=None, children=()): the folder of the runbook under test, and of those it dispatches"
    )


@pytest.fixture
def ntro_runbook(request: pytest.FixtureRequest) -> RunbookUnderTest:
    """The runbook in whose folder the test lies, or of the marker; folders in a marker count from the test's own."""
    here = request.path.parent
    marker = request.node.get_closest_marker(MARKER)
    options = {} if marker is None else marker.kwargs
    folder = _folder(here / options["path"]) if "path" in options else _nearest(here)
    found = RunbookUnderTest(folder, children=[_folder(here / child) for child in options.get("children", ())])
    request.node.stash[_RUNS] = found.runs
    return found


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> "Generator[None, Any]":
    """Show the runs of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    runs = item.stash.get(_RUNS, [])
    if report.when == "call" and report.failed and runs:
        from ntro.testing.report import human  # noqa: PLC0415 - as above

        report.sections.append(("runs of the runbook", human(runs)))


def _nearest(start: Path) -> Path:
    for folder in (start, *start.parents):
        if (folder / "runbook.md").is_file():
            return folder
    raise pytest.UsageError(f"no runbook.md lies above {start}; name the folder: @pytest.mark.{MARKER}(path=…)")


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise pytest.UsageError(f"{path} is no folder of a runbook")
    return path.resolve()
