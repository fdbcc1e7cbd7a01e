"""What the oldest published clients do: define a workflow, push an archive, deploy it, run it, ask for lists."""

import io
import tarfile
import zipfile
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntro_workspace.definitions.archives import ONE_FILE, read_archive
from ntro_workspace.runbooks.bundle import MAX_FILE_BYTES, BundleError

WORKFLOWS = "/workspace/registry/workflows"
DEPLOYMENTS = "/workspace/registry/deployments"
FILES = {"templates/workflow.py": "class MonthlyNavWorkflow: ...\n", "templates/activities.py": "\n"}
ARCHIVE = {"Content-Type": "application/octet-stream"}

names = st.from_regex(r"\A[a-z]{1,8}/[a-z]{1,8}\.py\Z")
texts = st.text(st.characters(codec="utf-8"), max_size=50)


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def tarred(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


async def deployed(api: httpx2.AsyncClient, body: dict[str, Any], eventually: Any) -> dict[str, Any]:
    """The deployment once it has ended."""
    made = await api.post(DEPLOYMENTS, json=body)
    assert made.json()["status"] in {"DEPLOYING", "DEPLOYED", "FAILED"}, made.text

    async def ended() -> dict[str, Any] | None:
        found: dict[str, Any] = (await api.get(f"{DEPLOYMENTS}/{made.json()['id']}")).json()
        return None if found["status"] == "DEPLOYING" else found

    found: dict[str, Any] = await eventually(ended)
    return found


async def pushed(api: httpx2.AsyncClient, workflow: str, content: bytes) -> httpx2.Response:
    return await api.post(f"{WORKFLOWS}/{workflow}/versions", content=content, headers=ARCHIVE)


@settings(deadline=None)
@given(st.dictionaries(names, texts, min_size=1, max_size=5))
def test_an_archive_reads_the_same_however_it_was_packed(files: dict[str, str]):
    files["templates/workflow.py"] = ""
    files["runbook.md"] = "# Text"
    assert read_archive(zipped(dict(files))) == read_archive(tarred(files)) == files


def test_a_folder_around_everything_is_left_out():
    assert read_archive(zipped({f"nav/{name}": text for name, text in FILES.items()})) == FILES
    assert read_archive(zipped(dict(FILES))) == FILES
    assert read_archive(zipped(FILES | {"templates/__pycache__/a.pyc": b"\xff"})) == FILES


def test_one_file_of_python_is_a_workflow():
    assert read_archive(b"x = 1\n") == {ONE_FILE: "x = 1\n"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        zipped({}),
        b"\xff\xfe\x00",
        zipped(FILES | {"data.bin": b"\xff"}),
        zipped(dict(FILES))[:-30],
        zipped({"a.py": b"x" * (MAX_FILE_BYTES + 1)}),
        zipped({f"{n}.py": b"x" * MAX_FILE_BYTES for n in range(5)}),
        zipped({f"{n}.py": b"" for n in range(2001)}),
    ],
    ids=["empty", "no file", "not text", "binary", "cut", "large file", "large whole", "many files"],
)
def test_an_archive_that_cannot_be_taken_is_refused(content: bytes):
    with pytest.raises(BundleError):
        read_archive(content)


async def test_a_definition_is_pushed_deployed_and_run(
    api: httpx2.AsyncClient, cell: Any, entity: dict[str, Any], eventually: Any
):
    made = (await api.post(WORKFLOWS, json={"name": "Monthly NAV", "description": "d", "tenantId": cell.slug})).json()
    assert (made["name"], made["tenantId"], made["latestVersion"]) == ("Monthly NAV", cell.id, None)
    assert (made["runbookSlug"], made["entityId"]) == ("monthly-nav", "")
    version = (await pushed(api, made["id"], zipped(dict(FILES)))).json()
    assert (version["workflowId"], version["version"]) == (made["id"], "1")
    assert (await api.get(f"{WORKFLOWS}/Monthly NAV")).json()["latestVersion"] == "1"
    body = {"workflowId": made["id"], "workflowVersionId": version["id"], "entityId": "spv1"}
    deployment = await deployed(api, body, eventually)
    assert (deployment["status"], deployment["error"]) == ("DEPLOYED", None)
    assert (deployment["workflowId"], deployment["workflowVersionId"]) == (made["id"], version["id"])
    assert (deployment["tenantId"], deployment["entityId"]) == (cell.id, entity["id"])
    bound = (await api.get(f"{WORKFLOWS}/{made['id']}")).json()
    assert (bound["name"], bound["runbookSlug"], bound["entityId"]) == ("Monthly NAV", "monthly-nav", entity["id"])
    task = await api.post("/workspace/tasks", json={"tenantId": cell.slug, "workflowId": made["id"]})
    assert task.json()["workflowId"] == made["id"]


async def test_the_same_archive_again_is_the_same_version_and_another_is_the_next(api: httpx2.AsyncClient):
    made = (await api.post(WORKFLOWS, json={"name": "Quarterly NAV"})).json()
    first = (await pushed(api, made["id"], zipped(dict(FILES)))).json()
    assert (await pushed(api, made["id"], tarred(FILES))).json() == first
    second = (await pushed(api, "Quarterly NAV", zipped(FILES | {"templates/models.py": "\n"}))).json()
    assert (first["version"], second["version"]) == ("1", "2")


async def test_a_version_that_the_cell_refuses_has_failed_with_its_words(
    api: httpx2.AsyncClient, cell: Any, eventually: Any
):
    made = (await api.post(WORKFLOWS, json={"name": "Broken", "tenantId": cell.slug})).json()
    version = (await pushed(api, made["id"], zipped(dict(FILES)))).json()
    body = {"workflowId": made["id"], "workflowVersionId": version["id"]}
    deployment = await deployed(api, body, eventually)
    assert (deployment["status"], bool(deployment["error"])) == ("FAILED", True)


async def test_what_is_not_there_or_cannot_be_is_told(api: httpx2.AsyncClient, cell: Any):
    made = (await api.post(WORKFLOWS, json={"name": "Yearly NAV"})).json()
    assert (await api.post(WORKFLOWS, json={"name": "Yearly NAV"})).status_code == 409
    assert (await api.post(WORKFLOWS, json={"name": "!"})).status_code == 422
    assert (await api.post(WORKFLOWS, json={"name": "x", "schedule": "often"})).status_code == 422
    assert (await api.post(WORKFLOWS, json={"name": "x", "runbookSlug": "nav"})).status_code == 422
    assert (await api.post(WORKFLOWS, json={})).status_code == 422
    assert (await pushed(api, made["id"], b"\xff")).status_code == 422
    assert (await pushed(api, made["id"], zipped({"../a.py": ""}))).status_code == 422
    assert (await pushed(api, "none", b"x = 1")).status_code == 404
    version = (await pushed(api, made["id"], b"x = 1")).json()
    body = {"workflowId": made["id"], "workflowVersionId": version["id"]}
    assert (await api.post(DEPLOYMENTS, json=body)).status_code == 422
    for wrong in ({"workflowVersionId": made["id"]}, {"workflowId": "none"}, {"entityId": "none"}):
        answer = await api.post(DEPLOYMENTS, json=body | {"tenantId": cell.slug} | wrong)
        assert answer.status_code == 404, answer.text
    assert (await api.get(f"{DEPLOYMENTS}/none")).status_code == 404


async def test_a_definition_belongs_to_its_tenant_alone(
    api: httpx2.AsyncClient, connect: Any, cell: Any, other_tenant: Any, tenant_key: Any
):
    made = (await api.post(WORKFLOWS, json={"name": "Theirs", "tenantId": cell.slug})).json()
    version = (await pushed(api, made["id"], zipped(dict(FILES)))).json()
    body = {"workflowId": made["id"], "workflowVersionId": version["id"]}
    deployment = (await api.post(DEPLOYMENTS, json=body)).json()
    async with connect(await tenant_key(other_tenant)) as stranger:
        assert (await stranger.get(f"{WORKFLOWS}/{made['id']}")).status_code == 404
        assert (await pushed(stranger, made["id"], b"x = 1")).status_code == 404
        assert (await stranger.post(DEPLOYMENTS, json=body)).status_code == 404
        assert (await stranger.get(f"{DEPLOYMENTS}/{deployment['id']}")).status_code == 404


async def test_definitions_stay_out_of_the_list_that_later_clients_read(api: httpx2.AsyncClient):
    await api.post(WORKFLOWS, json={"name": "Only defined"})
    assert (await api.get(WORKFLOWS)).json() == []


async def test_queued_and_waiting_tasks_have_addresses_of_their_own(api: httpx2.AsyncClient, binding: dict[str, Any]):
    body = {"tenantId": binding["tenantId"], "workflowId": binding["id"]}
    task = (await api.post("/workspace/tasks", json=body)).json()
    assert [item["id"] for item in (await api.get("/workspace/incoming")).json()] == [task["id"]]
    assert (await api.get("/workspace/pending")).json() == []
