"""What importing the workflow surface costs, and which names it has."""

import json
import subprocess
import sys

import pytest

HEAVY = ("temporalio", "httpx", "httpx2", "asyncpg")


def loaded_by(statement: str) -> list[str]:
    code = f"import sys, json\n{statement}\nprint(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "import ntro.workflow",
        "import ntro.workflow.steps",
        "import ntro.workflow.registry",
        "from ntro.workflow import UserAction, list_registered_slugs",
        "import ntro.workflow.decisions",
        "import ntro.types.wire",
        "import ntro.events",
    ],
)
def test_importing_it_loads_no_engine_client_or_driver(statement: str):
    assert loaded_by(statement) == []


def test_every_public_name_resolves():
    import ntro.workflow

    for name in ntro.workflow.__all__:
        assert getattr(ntro.workflow, name) is not None
    assert set(ntro.workflow.__all__) <= set(dir(ntro.workflow))


def test_another_name_is_an_attribute_error():
    import ntro.workflow

    with pytest.raises(AttributeError):
        ntro.workflow.nothing  # noqa: B018 - the access is what is tested


def test_the_task_module_is_reached_through_the_package():
    from ntro.workflow import previous, task

    assert task.previous is previous


def test_runbooks_that_import_from_history_find_what_moved():
    import ntro.workflow
    from ntro.workflow import task
    from ntro.workflow.history import PreviousTaskHandle, load_previous_task, load_previous_task_activity

    assert PreviousTaskHandle is task.PreviousTaskHandle
    assert load_previous_task is task.previous
    assert load_previous_task_activity is task.load_previous_task_activity
    assert ntro.workflow.history.__name__ in sys.modules


def test_the_engine_is_the_same_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch):
    from ntro.workflow import get_runtime, set_runtime
    from ntro.workflow.runtime import LocalRuntime

    monkeypatch.setenv("TEMPORAL_HOST", "elsewhere:7233")
    assert get_runtime().name == "temporal"
    first = get_runtime()
    set_runtime(LocalRuntime())
    assert get_runtime().name == "local"
    set_runtime(first)
    assert get_runtime().name == "temporal"
    with pytest.raises(TypeError):
        set_runtime("local")  # type: ignore[arg-type]  # what is tested
