"""Whether a runbook is fit to be deployed: each way that it is not has its code, and a good one has none."""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio import workflow as engine

from ntro.runbook import ValidationReport, validate_runbook
from ntro.runbook._determinism import unrepeatable
from ntro.runbook._imports import forbidden_imports
from ntro.runbook._names import undefined_names
from ntro.runbook._pins import read_pins
from ntro.runbook._sources import read_sources
from ntro.runbook.bundle import load_bundle

CHECKOUT = Path(__file__).parents[3]
FRONT = """---
slug: tiny-close
name: Tiny close
version: 0.1.0
state: DRAFT
author: somebody
steps: [{id: add, label: Add}]
templates: [{path: templates/workflow.py}]
---
# Tiny close
"""
WORKFLOW = """
from temporalio import workflow

from ntro.workflow import NtroWorkflow, ui_step

from .activities import add
from .sums import doubled


@workflow.defn
class TinyCloseWorkflow(NtroWorkflow):
    @workflow.run
    async def run(self) -> int:
        return await self.add()

    @ui_step(name="add", title="Add")
    async def add(self) -> int:
        return doubled(1)
"""
ACTIVITIES = """
import random

from ntro.workflow import activity

from .models import Sum


@activity.defn(name="tiny.add")
async def add(given: Sum) -> int:
    return given.first + random.randrange(2)
"""
MODELS = "from pydantic import BaseModel\n\n\nclass Sum(BaseModel):\n    first: int\n"
SUMS = "def doubled(number: int) -> int:\n    return number * 2\n"
FILES = {
    "runbook.md": FRONT,
    "templates/__init__.py": "",
    "templates/workflow.py": WORKFLOW,
    "templates/activities.py": ACTIVITIES,
    "templates/models.py": MODELS,
    "templates/sums.py": SUMS,
}
Bundle = Callable[..., Path]


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    """Writes the good runbook with some files changed, and without those that are none."""

    def write(**changed: str | None) -> Path:
        named = {
            name.replace("__", "/", 1) + (".md" if name == "runbook" else ".py"): text for name, text in changed.items()
        }
        for name, text in (FILES | named).items():
            file = tmp_path / "tiny-close" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                file.write_text(text, encoding="utf-8")
        return tmp_path / "tiny-close"

    return write


def codes_of_text(folder: Path) -> list[str]:
    """What is found without importing the runbook."""
    sources, issues = read_sources(folder)
    pins = read_pins(folder)
    found = [issue for source in sources for issue in (*forbidden_imports(source, pins), *undefined_names(source))]
    return [issue.code for issue in (*issues, *found, *unrepeatable(sources))]


def codes(report: ValidationReport) -> list[str]:
    assert report.ok == (not report.errors)
    return [issue.code for issue in report.errors]


def test_a_good_runbook_has_neither_errors_nor_warnings(bundle: Bundle):
    assert validate_runbook(bundle()) == ValidationReport(ok=True, errors=(), warnings=())


@pytest.mark.parametrize("slug", ["document-ingest", "nav-monthly", "nav-monthly-journals", "expense-processor"])
def test_our_runbooks_are_clean(slug: str):
    assert validate_runbook(CHECKOUT / "runbooks" / slug) == ValidationReport(ok=True, errors=(), warnings=())


def test_a_folder_that_is_none_is_named(tmp_path: Path):
    assert codes(validate_runbook(tmp_path / "absent")) == ["RUNBOOK_DIR_NOT_FOUND"]
    file = tmp_path / "file"
    file.write_text("")
    assert codes(validate_runbook(str(file))) == ["RUNBOOK_DIR_NOT_A_DIR"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"runbook": None}, ["RUNBOOK_MD_MISSING"]),
        ({"runbook": "# no front matter\n"}, ["FRONTMATTER_MISSING"]),
        ({"runbook": "---\n[a\n---\n"}, ["FRONTMATTER_PARSE_ERROR"]),
        ({"runbook": "---\n- a\n---\n"}, ["FRONTMATTER_NOT_MAPPING"]),
        ({"runbook": FRONT.replace("author: somebody\n", "author:\n")}, ["FRONTMATTER_FIELD_MISSING"]),
        ({"runbook": "---\nid: x\n---\n"}, ["FRONTMATTER_FIELD_MISSING"] * 5),
        ({"templates__workflow": None}, ["WORKFLOW_PY_MISSING"]),
        ({"templates__activities": None}, ["ACTIVITIES_PY_MISSING"]),
        ({"templates__workflow": "def ("}, ["WORKFLOW_PY_IMPORT_ERROR"]),
        ({"templates__workflow": "raise ValueError('no')\n"}, ["WORKFLOW_PY_IMPORT_ERROR"]),
        ({"templates__activities": "def ("}, ["ACTIVITIES_PY_IMPORT_ERROR"]),
        ({"templates__activities": "raise ValueError('no')\n"}, ["ACTIVITIES_PY_IMPORT_ERROR"]),
        ({"templates__models": "\x00"}, ["MODELS_PY_IMPORT_ERROR"]),
        ({"templates__models": "raise ValueError('no')\n"}, ["MODELS_PY_IMPORT_ERROR"]),
        ({"templates__workflow": WORKFLOW.replace("class Tiny", "class Other")}, ["WORKFLOW_CLASS_NOT_FOUND"]),
        ({"templates__workflow": WORKFLOW.replace("@workflow.defn\n", "")}, ["WORKFLOW_DEFN_MISSING"]),
        ({"templates__sums": SUMS + "print(unheard_of)\n"}, ["UNDEFINED_NAME"]),
        ({"templates__models": MODELS + "import requests\n"}, ["IMPORT_NOT_ALLOWED"]),
    ],
)
def test_what_is_wrong_has_its_code(changed: dict[str, str | None], expected: list[str], bundle: Bundle):
    assert codes(validate_runbook(bundle(**changed))) == expected


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("import ntro.accounting.models", True),
        ("from ntro.workflow import runbook", True),
        ("from pydantic import BaseModel", True),
        ("import json, decimal", True),
        ("from temporalio import workflow", True),
        ("import temporalio.workflow", True),
        ("from . import models", True),
        ("from ntro.workflow._gates import Gates", False),
        ("from ntro import _secret", False),
        ("from temporalio import activity", True),
        ("from temporalio.common import RetryPolicy", True),
        ("import temporalio.client", False),
        ("import asyncpg", False),
        ("import ntro_tenant", False),
        ("from runbooks import other", False),
    ],
)
def test_imports_are_those_that_a_runbook_may_have(text: str, is_allowed: bool, bundle: Bundle):
    found = codes_of_text(bundle(templates__apart=f"{text}\n"))
    assert found == ([] if is_allowed else ["IMPORT_NOT_ALLOWED"])


def test_a_pin_may_be_imported_and_one_that_is_not_here_is_a_warning(bundle: Bundle):
    folder = bundle(templates__models=MODELS + "import asyncpg\n")
    (folder / "requirements.txt").write_text("# database\nasyncpg==0.32.0 ; python_version > '3'\n")
    assert validate_runbook(folder) == ValidationReport(ok=True, errors=(), warnings=())
    folder = bundle(templates__models=MODELS + "import nowhere_to_be_found\n")
    (folder / "requirements.txt").write_text("Nowhere.To-be_Found>=1\n")
    report = validate_runbook(folder)
    assert (codes(report), [item.code for item in report.warnings]) == ([], ["PIN_NOT_INSTALLED"])


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\nNOW = datetime.now()\n",
        "import datetime\nTODAY = datetime.date.today()\n",
        "import time\n",
        "import random\n",
        "from os import environ\n",
        "import uuid\nMARK = uuid.uuid4()\n",
        "import locale\n",
        "import socket\n",
        "def read():\n    return open('x')\n",
        "for name in {'a', 'b'}:\n    pass\n",
        "NAMES = [name for name in set('ab')]\n",
        "NAMES = list({'a'} | set('b'))\n",
        "TEXT = ','.join({'a', 'b'})\n",
        "NUMBER = hash('a')\n",
        "import asyncio\n\n\nasync def go(them):\n    await asyncio.wait(them)\n",
        "from ntro.data import get_data_plane\n",
        "from ntro.capabilities import config\n",
    ],
)
def test_workflow_code_that_replay_would_not_repeat_is_found_and_activities_may_do_it(text: str, bundle: Bundle):
    assert codes_of_text(bundle(templates__sums=SUMS + text)) == ["WORKFLOW_NOT_DETERMINISTIC"]
    folder = bundle(templates__apart=text, templates__activities=ACTIVITIES + "\nfrom . import apart\n")
    assert "WORKFLOW_NOT_DETERMINISTIC" not in codes_of_text(folder)


@pytest.mark.parametrize(
    "text",
    [
        "for name in sorted({'b', 'a'}):\n    pass\n",
        "IS_IN = 'a' in {'a', 'b'}\n",
        "from urllib.parse import quote\n",
        "COUNT = len(set('ab'))\n",
        "def moment(clock):\n    return clock.now()\n",
    ],
)
def test_what_replay_repeats_is_left_alone(text: str, bundle: Bundle):
    assert codes_of_text(bundle(templates__sums=SUMS + text)) == []


@pytest.mark.parametrize(
    ("text", "is_defined"),
    [
        ("def f():\n    return later\n\n\nlater = 1\n", True),
        ("def f():\n    global made\n    made = 1\n\n\ndef g():\n    return made\n", True),
        ("def f():\n    outer = 1\n\n    def g():\n        return outer\n\n    return g\n", True),
        ("class A:\n    x = 1\n    y = x\n", True),
        ("print(__name__, __file__)\n", True),
        ("try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n", True),
        ("SQUARES = [n * n for n in range(3)]\n", True),
        ("def f():\n    return missing\n", False),
        ("class A:\n    x = 1\n\n    def f(self):\n        return x\n", False),
        ("def f(a: Missing) -> None: ...\n", False),
        ("async def f():\n    workflow.logger.info('published runbooks have this one')\n", False),
        ("del gone\n", True),
    ],
)
def test_a_name_that_nothing_defines_is_found_before_a_run_gets_there(text: str, is_defined: bool, bundle: Bundle):
    assert codes_of_text(bundle(templates__apart=text)) == ([] if is_defined else ["UNDEFINED_NAME"])


def test_what_published_runbooks_take_from_the_engine_is_a_warning(bundle: Bundle):
    report = validate_runbook(bundle(templates__apart="from temporalio.exceptions import ApplicationError\n"))
    assert (report.ok, [item.code for item in report.warnings]) == (True, ["IMPORT_OF_ENGINE"])


def test_clocks_in_models_are_a_warning_because_activities_may_make_them(bundle: Bundle):
    clock = "from datetime import datetime\n\n\ndef now():\n    return datetime.now()\n"
    report = validate_runbook(
        bundle(templates__models=MODELS + clock, templates__sums="from .models import Sum\n" + SUMS)
    )
    assert (report.ok, [item.code for item in report.warnings]) == (True, ["WORKFLOW_NOT_DETERMINISTIC"])


def test_a_workflow_module_that_forgot_to_import_the_engines_workflow_is_given_it(bundle: Bundle):
    facade = WORKFLOW.replace("from temporalio import workflow\n", "").replace("@workflow.", "@runbook.")
    facade = facade.replace("import NtroWorkflow,", "import NtroWorkflow, runbook,")
    uses = "\n\ndef log() -> None:\n    workflow.logger.info('skipped')\n"
    folder = bundle(templates__workflow=facade + uses)
    report = validate_runbook(folder)
    assert (report.ok, [item.code for item in report.warnings]) == (True, ["WORKFLOW_NOT_IMPORTED"])
    module = sys.modules[load_bundle(folder, slug="tiny-close").workflow_class.__module__]
    assert module.workflow is engine


def test_an_issue_names_file_and_line(bundle: Bundle):
    report = validate_runbook(bundle(templates__sums=f"\n\n{SUMS}    return missing\n"))
    assert report.errors[0].path == "templates/sums.py:5"


def test_steps_and_templates_that_do_not_match_are_warnings(bundle: Bundle):
    front = FRONT.replace("{id: add, label: Add}", "{id: subtract}").replace("workflow.py}", "gone.py}")
    report = validate_runbook(bundle(runbook=front))
    assert report.ok
    assert [item.code for item in report.warnings] == ["TEMPLATE_MISSING", "STEP_NOT_DECLARED", "STEP_NOT_DESCRIBED"]


def test_code_with_an_error_in_its_text_is_not_run(bundle: Bundle, tmp_path: Path):
    mark = tmp_path / "was-run"
    touching = f"from pathlib import Path\nPath({str(mark)!r}).mkdir()\nmissing\n"
    assert codes(validate_runbook(bundle(templates__models=MODELS + touching))) == ["UNDEFINED_NAME"]
    assert not mark.exists()


def test_importing_writes_nothing_and_sees_no_setting_of_this_process(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    mark = tmp_path / "written"
    lines = ["import os", "from pathlib import Path", "assert 'NTRO_API_KEY' not in os.environ"]
    writing = "\n".join([*lines, f"Path({str(mark)!r}).write_text('x')", ""])
    monkeypatch.setenv("NTRO_API_KEY", "canary")
    assert os.environ["NTRO_API_KEY"] == "canary"
    report = validate_runbook(bundle(templates__activities=writing + ACTIVITIES))
    assert codes(report) == ["ACTIVITIES_PY_IMPORT_ERROR"]
    assert "canary" not in report.errors[0].message
    assert not mark.exists() or mark.read_text() == ""


def test_a_runbook_that_ends_the_process_or_prints_is_judged_all_the_same(bundle: Bundle):
    leaving = "import os\nos._exit(7)\n"
    assert codes(validate_runbook(bundle(templates__activities=leaving))) == ["WORKFLOW_PY_IMPORT_ERROR"]
    talking = """print('{"steps": []}')\n"""
    assert validate_runbook(bundle(templates__activities=talking + ACTIVITIES)).warnings == ()


def test_a_module_that_never_ends_is_given_up(bundle: Bundle, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ntro.runbook._trial.SECONDS", 5)
    waiting = "import threading\nthreading.Event().wait()\n"
    assert codes(validate_runbook(bundle(templates__activities=waiting))) == ["WORKFLOW_PY_IMPORT_ERROR"]


def test_a_module_that_takes_too_much_memory_is_given_up(bundle: Bundle):
    greedy = "HELD = bytearray(5 * 1024**3)\n"
    assert codes(validate_runbook(bundle(templates__activities=greedy))) == ["ACTIVITIES_PY_IMPORT_ERROR"]


def test_code_is_imported_under_each_limit(bundle: Bundle):
    limits = {"RLIMIT_CPU": 30, "RLIMIT_AS": 4 * 1024**3, "RLIMIT_FSIZE": 0, "RLIMIT_CORE": 0}
    asserting = "".join(f"assert resource.getrlimit(resource.{name}) == ({at}, {at})\n" for name, at in limits.items())
    given = f"import resource\n{asserting}assert not list(__import__('os').scandir('.'))\n"
    assert validate_runbook(bundle(templates__activities=given + ACTIVITIES)).errors == ()


def test_every_documented_code_has_a_test():
    said = set(re.findall(r"`([A-Z_]{8,})`", validate_runbook.__doc__ or ""))
    tested = Path(__file__).read_text(encoding="utf-8")
    assert said
    assert not [code for code in said if f'"{code}"' not in tested]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(front=st.binary(max_size=60), code=st.binary(max_size=60))
def test_whatever_the_files_hold_the_answer_is_a_report(front: bytes, code: bytes, bundle: Bundle):
    folder = bundle()
    (folder / "runbook.md").write_bytes(b"---\n" + front + b"\n---\n")
    (folder / "templates/workflow.py").write_bytes(code + b"\nnot python")
    assert not validate_runbook(folder).ok
