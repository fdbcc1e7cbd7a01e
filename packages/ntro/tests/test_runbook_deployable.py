"""A runbook as it is sent, and what sending it would move."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from ntro.runbook.deployable import MAX_FILES, DeployableError, deployable_of, read_deployable
from ntro.runbook.plan import plan_deployment
from ntro.workspace import Client

MD = "---\nslug: rent-check\nversion: 0.2.0\n---\nWhat it is for.\n"
FILES = {"runbook.md": MD, "templates/workflow.py": "a = 1\n", "templates/activities.py": "\n"}
TENANT = {"id": "t-1", "name": "Acme", "slug": "acme", "dataPlatform": "managed-postgres"}
HEAD = {"id": "r", "slug": "rent-check", "name": "R", "version": "0.1.0", "state": "DEPLOYED"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_folder_and_its_files_are_the_same_runbook(tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "tests/input.json": "{}", "templates/__pycache__/x.py": "", "notes.txt": ""})
    assert read_deployable(folder) == deployable_of(FILES)
    assert deployable_of(FILES).workflow_class == "RentCheckWorkflow"
    assert deployable_of(FILES).activity_modules == ("activities",)


@pytest.mark.parametrize(
    ("missing", "code"), [("runbook.md", "RUNBOOK_MD_MISSING"), ("templates/workflow.py", "invalid_bundle")]
)
def test_what_a_runbook_lacks_is_named_by_its_code(missing: str, code: str) -> None:
    with pytest.raises(DeployableError) as caught:
        deployable_of({name: text for name, text in FILES.items() if name != missing})
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["no front matter", "---\nslug: x\n---\n", "---\nslug: 1\nversion: 0.1.0\n---\n"])
def test_a_description_that_does_not_say_slug_and_version_is_refused(text: str) -> None:
    with pytest.raises(DeployableError):
        deployable_of({**FILES, "runbook.md": text})


def test_too_many_files_and_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DeployableError):
        deployable_of({**FILES, **{f"templates/{number}.py": "" for number in range(MAX_FILES)}})
    (write(tmp_path, FILES) / "templates" / "logo.png").write_bytes(b"\x89PNG\xff")
    with pytest.raises(DeployableError):
        read_deployable(tmp_path)
    with pytest.raises(DeployableError):
        read_deployable(tmp_path / "nowhere")


async def test_a_plan_says_which_files_change_and_which_workflows_follow(httpserver: HTTPServer) -> None:
    known = {"slug": "rent-check", "templates": [{"path": path, "content": text} for path, text in FILES.items()]}
    rows = [("follows", None, "t-1"), ("pinned", "0.1.0", "t-1"), ("foreign", None, "t-2")]
    workflows = [
        {"id": name, "name": name, "runbookSlug": "rent-check", "entityId": "e", "runbookVersion": pin, "tenantId": of}
        for name, pin, of in rows
    ]
    httpserver.expect_request("/v1/workspace/tenants/acme").respond_with_json(TENANT)
    httpserver.expect_request("/v1/runbooks/rent-check").respond_with_json(HEAD)
    httpserver.expect_request("/v1/runbooks/rent-check/templates").respond_with_json(known)
    httpserver.expect_request("/v1/workspace/registry/workflows").respond_with_json(workflows)
    sent = {**FILES, "templates/workflow.py": "a = 2\n", "requirements.txt": "x==1\n"}
    del sent["templates/activities.py"]
    async with Client(host=httpserver.url_for("/v1")) as client:
        plan = await plan_deployment(client, deployable_of(sent), "acme")
    assert (plan.version, plan.known_version, plan.same_version) == ("0.2.0", "0.1.0", False)
    assert plan.added == ("requirements.txt",)
    assert plan.changed == ("templates/workflow.py",)
    assert plan.removed == ("templates/activities.py",)
    assert (plan.following, plan.staying) == (("follows",), ("pinned",))


async def test_a_new_runbook_adds_all_its_files(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/workspace/tenants/acme").respond_with_json(TENANT)
    httpserver.expect_request("/v1/runbooks/rent-check").respond_with_json({"message": "no"}, status=404)
    httpserver.expect_request("/v1/workspace/registry/workflows").respond_with_json([])
    async with Client(host=httpserver.url_for("/v1")) as client:
        plan = await plan_deployment(client, deployable_of(FILES), "acme")
    assert (plan.known_version, plan.added) == (None, tuple(sorted(FILES)))
