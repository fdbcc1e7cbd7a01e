"""A new runbook is complete: it is valid, typed and laid out, and its own tests pass whatever steps it was made of."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntro.runbook import ScaffoldError, ValidationReport, scaffold_runbook, validate_runbook, write_scaffold
from ntro.runbook._scaffold.names import SLUG
from ntro.runbook.frontmatter import parse_frontmatter
from ntro.testing import load_runbook
from ntro.testing.running import run_scenarios
from ntro.workflow import NtroWorkflow

CHECKOUT = Path(__file__).parents[3]
TYPES = CHECKOUT / ".mypy_cache/strict"  # what is known of the libraries serves every such test
SHIPPED = ("document-ingest", "nav-monthly", "nav-monthly-journals", "expense-processor")
STEPS = [
    {
        "id": "collect",
        "component": "MULTI_FILE_UPLOAD",
        "config": {"expected": [{"source": "bank"}, {"source": "rent"}]},
    },
    {"id": "match", "label": "Match entries", "responsibility": "system", "component": "DATA_TABLE"},
    {"id": "run", "component": "LOADING", "activity": "open", "timeout_minutes": 90},
    {
        "id": "sign-off",
        "component": "APPROVAL",
        "config": {"four_eyes": True},
        "description": 'Says "yes" or \\ no. ' * 9,
    },
]
CONFIG = {
    "global": {
        "period": {"type": "string"},
        "rate": {"type": "number", "default": 0.25, "description": "A year."},
        "basis": {"type": "string", "enum": ["act/365", "30/360"], "required": True},
        "tags": {"type": "array", "default": ["a"]},
        "limit": {"type": "integer"},
    }
}


def definition(**fields: Any) -> str:
    return f"---\n{yaml.safe_dump(fields)}---\n# What it is for\n"


def made(folder: Path, slug: str, text: str | None = None) -> Path:
    write_scaffold(scaffold_runbook(slug, definition=text), folder / slug)
    return folder / slug


async def outcomes(folder: Path) -> dict[str, str]:
    results = await run_scenarios(folder)
    assert [result.error for result in results] == [None] * len(results)
    return {result.scenario: result.result.status for result in results}


async def test_a_runbook_made_of_its_slug_alone_is_valid_and_passes(tmp_path: Path):
    folder = made(tmp_path, "monthly-fees")
    assert validate_runbook(folder) == ValidationReport(ok=True, errors=(), warnings=())
    expected = {"happy": "completed", "reject_all": "rejected", "reject_review": "rejected", "correct": "completed"}
    assert await outcomes(folder) == expected


async def test_each_described_step_becomes_one_of_its_kind(tmp_path: Path):
    folder = made(tmp_path, "month-end", definition(steps=STEPS, config_schema=CONFIG, name="Month end"))
    assert validate_runbook(folder) == ValidationReport(ok=True, errors=(), warnings=())
    results = {result.scenario: result for result in await run_scenarios(folder)}
    happy = results["happy"]
    assert [step.step for step in happy.result.results] == ["auto-mock", "auto-mock"]
    opened = [record.data for record in happy.records[happy.workflow_id] if record.type == "gate.opened"]
    assert [(gate["step_id"], gate["kind"]) for gate in opened] == [
        ("collect", "submit_files"),
        ("sign-off", "interactive_review"),
    ]
    assert opened[1]["four_eyes"] is True
    assert [event.detail["source"] for event in happy.events if event.kind == "submit_file"] == ["bank", "rent"]
    assert results["reject_sign_off"].result.rejected_at == "sign-off"


def test_fields_of_the_configuration_become_fields_of_the_context(tmp_path: Path):
    folder = made(tmp_path, "month-end", definition(steps=STEPS, config_schema=CONFIG))
    context = vars(sys.modules[load_runbook(folder)[0].__module__])["MonthEndContext"]
    given = context.model_validate(json.loads((folder / "tests/input.json").read_text()))
    assert (given.basis, str(given.rate), given.tags, given.limit) == ("act/365", "0.25", ["a"], None)


@pytest.mark.parametrize("slug", SHIPPED)
async def test_the_description_of_a_shipped_runbook_makes_one_that_passes(slug: str, tmp_path: Path):
    text = (CHECKOUT / "runbooks" / slug / "runbook.md").read_text(encoding="utf-8")
    folder = made(tmp_path, f"{slug}-again", text)
    assert validate_runbook(folder) == ValidationReport(ok=True, errors=(), warnings=())
    assert (await outcomes(folder))["happy"] == "completed"


def test_the_definition_is_kept_but_for_the_slug():
    text = definition(
        slug="other", name="Month end", tags=["a"], version=0.2, steps=[{"id": "a", "label": "A", "x": 1}]
    )
    document = parse_frontmatter(scaffold_runbook("month-end", definition=text)["runbook.md"])
    kept = {key: document.fields[key] for key in ("slug", "name", "tags", "version", "state")}
    assert kept == {"slug": "month-end", "name": "Month end", "tags": ["a"], "version": "0.2", "state": "DRAFT"}
    assert document.fields["steps"][0]["x"] == 1
    assert document.body == "# What it is for\n"


def test_further_files_that_the_definition_lists_are_begun():
    listed = [{"path": "templates/ledger.py", "description": "All SQL."}, {"path": "templates/workflow.py"}]
    files = scaffold_runbook("month-end", definition=definition(steps=STEPS, templates=listed))
    assert files["templates/ledger.py"] == '"""All SQL."""\n'
    assert "MonthEndWorkflow" in files["templates/workflow.py"]


@pytest.mark.parametrize(
    ("slug", "text", "code"),
    [
        ("Month", None, "INVALID_SLUG"),
        ("../up", None, "INVALID_SLUG"),
        ("a" * 64, None, "INVALID_SLUG"),
        ("month", "# nothing", "FRONTMATTER_MISSING"),
        ("month", definition(name="x"), "INVALID_STEPS"),
        ("month", definition(steps="upload"), "INVALID_STEPS"),
        ("month", definition(steps=[{"label": "x"}]), "INVALID_STEPS"),
        ("month", definition(steps=[{"id": "a:b"}]), "INVALID_STEPS"),
        ("month", definition(steps=[{"id": "a b"}, {"id": "a-b"}]), "INVALID_STEPS"),
        ("month", definition(steps=[{"id": "a", "timeout_minutes": 0}]), "INVALID_STEPS"),
        ("month", definition(steps=[{"id": f"s{n}"} for n in range(61)]), "INVALID_STEPS"),
        ("month", definition(steps=STEPS, config_schema={"global": {"a-b": {}}}), "INVALID_CONFIG_SCHEMA"),
        ("month", definition(steps=STEPS, templates=[{"path": "templates/../../x.py"}]), "INVALID_TEMPLATES"),
        ("month", definition(steps=STEPS, templates=["x"]), "INVALID_TEMPLATES"),
    ],
)
def test_what_no_runbook_can_be_made_of_has_its_code(slug: str, text: str | None, code: str):
    with pytest.raises(ScaffoldError) as raised:
        scaffold_runbook(slug, definition=text)
    assert raised.value.code == code


def test_nothing_is_written_over(tmp_path: Path):
    folder = made(tmp_path, "month-end")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ScaffoldError):
        write_scaffold(scaffold_runbook("month-end"), folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_what_is_made_is_typed_and_laid_out(tmp_path: Path):
    folder = made(tmp_path, "month-end", definition(steps=STEPS, config_schema=CONFIG))
    tools = [
        [sys.executable, "-m", "ruff", "format", "--check", "--config", CHECKOUT / "pyproject.toml", folder],
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "E,F,W,B,D,UP,SIM", "--ignore",
         "D1,D203,D213,D301,D4", "--line-length", "120", folder],
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", TYPES, "-p", "templates"],
    ]  # fmt: skip
    for command in tools:
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=170, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_generated_name_hides_one_of_the_base_class():
    names = {
        "_documents",
        "_results",
        "_corrections",
        "_awaited",
        "_await_documents",
        "_given",
        "_decision_on",
        "_said_no",
    }
    assert not names & {*dir(NtroWorkflow), *vars(NtroWorkflow())}


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=130)
COMPONENTS = st.sampled_from(
    ["FILE_UPLOAD", "MULTI_FILE_UPLOAD", "DATA_TABLE", "APPROVAL", "LOADING", "SUMMARY", "", "X"]
)
STEP = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=40)},
    optional={
        "label": TEXTS,
        "component": COMPONENTS,
        "description": TEXTS,
        "responsibility": st.sampled_from(["system", "accountant"]),
        "timeout_minutes": st.integers(1, 900),
        "config": st.dictionaries(
            st.sampled_from(["source", "sources", "expected"]), TEXTS | st.lists(TEXTS, max_size=3)
        ),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(slug=st.from_regex(SLUG, fullmatch=True), steps=st.lists(STEP, min_size=1, max_size=6))
def test_whatever_is_described_the_answer_is_python_or_a_reason(slug: str, steps: list[dict[str, Any]]):
    try:
        files = scaffold_runbook(slug, definition=definition(steps=steps))
    except ScaffoldError:
        return
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
