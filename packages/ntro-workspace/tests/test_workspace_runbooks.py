"""Runbooks: bundles, deployment, lists, templates."""

import io
import zipfile
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_workspace.runbooks.bundle import MAX_FILE_BYTES, BundleError, pack, unpack
from ntro_workspace.runbooks.manifest import ManifestError, read_manifest
from ntro_workspace.settings import WorkspaceSettings

RUNBOOK_MD = """---
id: rb-nav-monthly
slug: nav-monthly
name: Monthly NAV
description: Closes a month.
classification: REAL_ESTATE_OPS
tags: [nav, monthly]
jurisdictions: [Jersey]
version: 0.1.0
state: DRAFT
author: Operations
steps:
  - id: open_period
    title: Open period
    component: LOADING
templates:
  - path: workflow.py
    description: The workflow.
config_schema: {type: object}
---
# When to use
"""

names = st.from_regex(r"\A[a-z]{1,8}(/[a-z]{1,8}){0,3}\.py\Z")


@given(st.dictionaries(names, st.text(st.characters(codec="utf-8")), min_size=1, max_size=8))
def test_a_bundle_depends_on_its_files_alone(files: dict[str, str]):
    packed = pack(files)
    assert pack(dict(reversed(files.items()))).content == packed.content
    assert unpack(packed.content) == files


def test_backslashes_are_separators():
    archive = zipfile.ZipFile(io.BytesIO(pack({"templates\\a.py": "", "b.py": ""}).content))
    assert archive.namelist() == ["b.py", "templates/a.py"]


@pytest.mark.parametrize(
    "path",
    [
        "../a.py",
        "a/../../b.py",
        "/etc/passwd",
        "C:\\a.py",
        "C:/a.py",
        "a//b.py",
        "./a.py",
        "",
        "a/",
        "a\x00.py",
        "a" * 300,
        "a:b",
    ],
)
def test_a_path_that_leaves_the_bundle_is_refused(path: str):
    with pytest.raises(BundleError):
        pack({path: ""})


def test_a_bundle_has_limits():
    pack({"a.py": "x" * MAX_FILE_BYTES})
    with pytest.raises(BundleError):
        pack({"a.py": "x" * (MAX_FILE_BYTES + 1)})
    with pytest.raises(BundleError):
        pack({f"{n}.py": "x" * MAX_FILE_BYTES for n in range(5)})
    with pytest.raises(BundleError):
        pack({"a.py": "", "A.py": ""})


@pytest.mark.parametrize("head", ["a: [", "- list", "steps: 7", "a: &x [1]\nb: *x", "name: {a: 1}"])
def test_bad_front_matter_is_refused(head: str):
    with pytest.raises(ManifestError):
        read_manifest({"runbook.md": f"---\n{head}\n---\n"})


def test_a_bundle_without_a_description_has_empty_texts():
    manifest = read_manifest({"workflow.py": ""})
    assert manifest.author == manifest.content == manifest.description == ""


async def test_a_deployment_answers_what_the_cell_said(api: httpx2.AsyncClient, cell: Any, connect: Any, bundle: Any):
    body = bundle(cell.id)
    body["files"]["runbook.md"] = RUNBOOK_MD
    deployed = (await api.post("/runbooks/nav-monthly/deploy", json=body)).json()
    assert deployed["taskQueue"] == "runbook:nav-monthly"
    assert (deployed["runbook"], deployed["version"]) == ("nav-monthly", "0.1.0")
    assert deployed["workflowId"].startswith("ops:deploy:")
    assert deployed["result"]["ok"] is True
    async with connect(cell.cell_key) as client:
        artifact = await client.get(f"/internal/artifacts/{deployed['result']['sha256']}")
        assert artifact.headers["content-type"] == "application/zip"
        assert unpack(artifact.content) == body["files"]
        assert (await client.get(f"/internal/artifacts/{'0' * 64}")).status_code == 404
    (summary,) = (await api.get("/runbooks")).json()
    assert (summary["id"], summary["name"], summary["stepCount"]) == ("rb-nav-monthly", "Monthly NAV", 1)
    assert (await api.get("/runbooks?tags=x,nav&jurisdiction=jersey&search=month")).json() == [summary]
    assert (await api.get("/runbooks?classification=other")).json() == []
    detail = (await api.get("/runbooks/nav-monthly")).json()
    assert detail["steps"][0]["label"] == "Open period"
    assert detail["configSchema"] == {"type": "object"}
    assert detail["content"].startswith("# When to use")
    files = {item["path"]: item for item in (await api.get("/runbooks/nav-monthly/templates")).json()["templates"]}
    assert files["templates/workflow.py"]["description"] == "The workflow."
    assert (await api.get("/skills/nav-monthly")).json()["content"] == RUNBOOK_MD


async def test_a_bundle_the_cell_refuses_is_422_with_its_error(api: httpx2.AsyncClient, cell: Any, bundle: Any):
    answer = await api.post("/runbooks/broken/deploy", json=bundle(cell.slug))
    assert answer.status_code == 422
    assert answer.json()["result"]["error"] in answer.json()["message"]
    assert (await api.get("/runbooks/broken")).status_code == 404


async def test_a_deployment_is_checked_before_it_is_sent(api: httpx2.AsyncClient, cell: Any, bundle: Any):
    path = "/runbooks/nav-monthly/deploy"
    for changes in ({"files": {"../a.py": ""}}, {"files": {}}, {"version": "a b"}, {"workflowClass": "a-b"}):
        assert (await api.post(path, json=bundle(cell.slug) | changes)).status_code == 422
    other = bundle(cell.slug) | {"files": {"runbook.md": "---\nslug: other\n---\n"}}
    assert (await api.post(path, json=other)).status_code == 422
    assert (await api.post(path, json=bundle("none"))).status_code == 404
    assert (await api.post("/runbooks/Bad Slug/deploy", json=bundle(cell.slug))).status_code == 422
    large = bundle(cell.slug) | {"files": {f"{n}.py": "x" * 4_000_000 for n in range(6)}}
    assert (await api.post(path, json=large)).status_code == 413


async def test_feedback_is_kept_for_a_known_runbook(api: httpx2.AsyncClient, binding: dict[str, Any]):
    answer = await api.post("/runbooks/nav-monthly/feedback", json={"feedback": "Name the gate.", "taskId": "x"})
    assert answer.json()["runbookSlug"] == "nav-monthly"
    assert (await api.post("/runbooks/none/feedback", json={"feedback": "x"})).status_code == 404


async def test_feedback_is_read_back_the_newest_first_and_by_a_tenant_only_its_own(
    api: httpx2.AsyncClient, cell: Any, binding: dict[str, Any], connect: Any
):
    path = "/runbooks/nav-monthly/feedback"
    made = await api.post("/workspace/keys", json={"kind": "tenant", "tenantId": cell.id, "name": "theirs"})
    for words in ("Name the gate.", "Say which bank."):
        await api.post(path, json={"feedback": words})
    assert [item["feedback"] for item in (await api.get(path)).json()] == ["Say which bank.", "Name the gate."]
    page = (await api.get(path, params={"limit": 1})).json()
    assert [item["feedback"] for item in page["items"]] == ["Say which bank."]
    assert page["nextCursor"]
    async with connect(made.json()["apiKey"]) as theirs:
        assert (await theirs.get(path)).json() == []
        await theirs.post(path, json={"feedback": "Ours."})
        assert [item["feedback"] for item in (await theirs.get(path)).json()] == ["Ours."]
    assert (await api.get("/runbooks/none/feedback")).status_code == 404


@pytest.fixture
def templates_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "nav-monthly"
    (folder / "templates").mkdir(parents=True)
    (folder / "runbook.md").write_text(RUNBOOK_MD)
    (folder / "templates" / "workflow.py").write_text("x = 1\n")
    (tmp_path / "unreadable").mkdir()
    (tmp_path / "unreadable" / "runbook.md").write_text("---\na: [\n---\n")
    return tmp_path


async def test_templates_of_the_product_are_listed_undeployed(
    workspace_settings: WorkspaceSettings, templates_dir: Path
):
    import httpx2

    from ntro_workspace.app import create_app

    app = create_app(workspace_settings.model_copy(update={"templates_dir": templates_dir}))
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {workspace_settings.admin_key.get_secret_value()}"}
        async with httpx2.AsyncClient(transport=transport, base_url="http://test/v1", headers=headers) as client:
            (summary,) = (await client.get("/runbooks")).json()
            assert (summary["slug"], summary["state"]) == ("nav-monthly", "DRAFT")
            found = (await client.get("/runbooks/nav-monthly/templates")).json()
            assert [item["path"] for item in found["templates"]] == ["runbook.md", "templates/workflow.py"]
