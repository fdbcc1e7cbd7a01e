"""Bundles load as packages of their own, and what is wrong with one is named."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro.runbook.bundle import BundleError, load_bundle
from ntro.runbook.frontmatter import FrontMatterError, parse_frontmatter, read_frontmatter

WORKFLOW = """
from pathlib import Path

from ntro.workflow import NtroWorkflow, runbook

from .models import VERSION


@runbook.defn
class TinyWorkflow(NtroWorkflow):
    version = VERSION
    here = Path(__file__).parent

    @runbook.run
    async def run(self) -> str:
        return VERSION
"""


def bundle(folder: Path, *, version: str = "1", workflow: str = WORKFLOW, activities: str | None = "") -> Path:
    templates = folder / "templates"
    templates.mkdir(parents=True)
    (templates / "workflow.py").write_text(workflow)
    (templates / "models.py").write_text(f"VERSION = {version!r}\n")
    if activities is not None:
        (templates / "activities.py").write_text(activities)
    return folder


def test_two_versions_in_one_process_do_not_meet(tmp_path: Path):
    first = load_bundle(bundle(tmp_path / "1", version="1"), slug="tiny")
    second = load_bundle(bundle(tmp_path / "2", version="2"), slug="tiny")
    assert (first.workflow_class.version, second.workflow_class.version) == ("1", "2")  # type: ignore[attr-defined]  # of the written class
    assert first.workflow_class.here == tmp_path / "1" / "templates"  # type: ignore[attr-defined]  # of the written class
    assert set(first.passthrough).isdisjoint(second.passthrough)


def test_a_changed_bundle_is_loaded_afresh(tmp_path: Path):
    folder = bundle(tmp_path / "tiny", version="1")
    load_bundle(folder, slug="tiny")
    (folder / "templates" / "models.py").write_text("VERSION = '22'\n")
    assert load_bundle(folder, slug="tiny").workflow_class.version == "22"  # type: ignore[attr-defined]  # of the written class


@pytest.mark.parametrize(
    ("workflow", "activities", "code"),
    [
        ("import nothing_of_that_name", "", "WORKFLOW_PY_IMPORT_ERROR"),
        ("x = 1", "", "WORKFLOW_CLASS_NOT_FOUND"),
        ("class TinyWorkflow: ...", "", "WORKFLOW_DEFN_MISSING"),
        (WORKFLOW, "def broken(", "ACTIVITIES_PY_IMPORT_ERROR"),
        (WORKFLOW, None, "ACTIVITIES_PY_MISSING"),
    ],
)
def test_what_is_wrong_with_a_bundle_is_named(tmp_path: Path, workflow: str, activities: str | None, code: str):
    folder = bundle(tmp_path / "tiny", workflow=workflow, activities=activities)
    with pytest.raises(BundleError) as caught:
        load_bundle(folder, slug="tiny")
    assert caught.value.code == code


def test_a_folder_without_a_workflow_is_refused(tmp_path: Path):
    with pytest.raises(BundleError) as caught:
        load_bundle(tmp_path, slug="tiny")
    assert caught.value.code == "WORKFLOW_PY_MISSING"


def test_front_matter_is_read_with_the_text_below():
    document = parse_frontmatter("---\nslug: nav-monthly\nsteps:\n  - id: open\n---\n# NAV\n\n---\nmore\n")
    assert document.fields == {"slug": "nav-monthly", "steps": [{"id": "open"}]}
    assert document.body == "# NAV\n\n---\nmore\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("# NAV\n", "FRONTMATTER_MISSING"),
        ("---\nslug: x\n", "FRONTMATTER_MISSING"),
        ("---\na: [1\n---\n", "FRONTMATTER_PARSE_ERROR"),
        ("---\n- a\n---\n", "FRONTMATTER_NOT_MAPPING"),
    ],
)
def test_unreadable_front_matter_is_named(text: str, code: str):
    with pytest.raises(FrontMatterError) as caught:
        parse_frontmatter(text)
    assert caught.value.code == code


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(FrontMatterError) as caught:
        read_frontmatter(tmp_path / "runbook.md")
    assert caught.value.code == "RUNBOOK_MD_MISSING"


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    with contextlib.suppress(FrontMatterError):
        assert isinstance(parse_frontmatter(text).fields, dict)
