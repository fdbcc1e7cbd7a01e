"""Documents: taken in once, refused with a reason, told to the run that waits, given back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from ntro_tenant.settings import MIB

Check = Callable[[httpx2.Response, int], dict[str, Any]]
CSV = b"account_code,name,debit,credit\n1000,Bank,10.00,0.00\n3000,Equity,0.00,10.00\n"


async def upload(client: httpx2.AsyncClient, task: object, data: bytes = CSV, **params: str) -> httpx2.Response:
    return await client.post(f"/tasks/{task}/files", params={"filename": "tb.csv"} | params, content=data)


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * MIB


async def test_an_upload_is_stored_with_its_hash_and_recorded(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    answer = await upload(anna, task, source="tb")
    assert answer.status_code == 201
    row = answer.json()
    assert row["sha256"] == hashlib.sha256(CSV).hexdigest()
    assert (row["filename"], row["source"], row["sizeBytes"], row["uploadedBy"]) == ("tb.csv", "tb", len(CSV), "u-anna")
    stored = await books.connection.fetchrow("select * from ingest.submitted_documents")
    assert stored["data_bytes"] == CSV
    assert (stored["task_id"], stored["entity_slug"], stored["period"]) == (str(task), "spv-1", "2026-03")
    assert await books.event_types() == ["document.uploaded"]
    assert await books.signals() == []


async def test_the_same_bytes_again_are_the_same_row(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    first, second = await upload(anna, task, source="tb"), await upload(anna, task, source="tb")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 1
    assert await books.event_types() == ["document.uploaded"]


async def test_the_same_bytes_at_the_same_moment_are_one_row(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    await books.file_gate(task, str(task), "tb")
    answers = await asyncio.gather(*(upload(anna, task, source="tb") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await books.signals()) == 1


async def test_a_form_is_taken_whatever_the_order_of_its_fields(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    boundary = "frontier"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="tb.csv"\r\n\r\n'.encode()
        + CSV
        + f'\r\n--{boundary}\r\nContent-Disposition: form-data; name="source"\r\n\r\ntb\r\n--{boundary}--\r\n'.encode()
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    answer = await anna.post(f"/tasks/{task}/files", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["source"], answer.json()["sizeBytes"]) == ("tb", len(CSV))


async def test_a_large_form_is_stored_exactly(anna: httpx2.AsyncClient, books: Any):
    task = await books.task()
    data = CSV + b"4000,Filler,1.00,0.00\n" * 300_000
    answer = await anna.post(f"/tasks/{task}/files", files={"file": ("tb.csv", data)}, data={"source": "tb"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["sha256"] == hashlib.sha256(data).hexdigest()
    got = await anna.get(f"/tasks/{task}/files/{answer.json()['id']}")
    assert hashlib.sha256(got.content).hexdigest() == answer.json()["sha256"]


@pytest.mark.parametrize(
    ("data", "filename", "status", "code"),
    [
        (b"", "tb.csv", 422, "empty_file"),
        (b"MZ\x90\x00" + b"\x00" * 200, "invoice.pdf", 415, None),
        (b"\x7fELF" + b"\x00" * 200, "invoice.pdf", 415, None),
    ],
)
async def test_what_is_no_document_is_refused_by_name(
    anna: httpx2.AsyncClient,
    books: Any,
    check_problem: Check,
    data: bytes,
    filename: str,
    status: int,
    code: str | None,
):
    task = await books.task()
    answer = await anna.post(f"/tasks/{task}/files", params={"filename": filename}, content=data)
    found = check_problem(answer, status)
    assert code is None or found["code"] == code
    assert found["code"] != "unsupported_content"
    assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 0


async def test_sixty_megabytes_are_413_as_form_as_bytes_and_in_chunks(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check
):
    task = await books.task()
    large = b"x" * (60 * MIB)
    check_problem(await anna.post(f"/tasks/{task}/files", files={"file": ("tb.csv", large)}), 413)
    check_problem(await upload(anna, task, large), 413)
    path = f"/tasks/{task}/files?filename=tb.csv"
    check_problem(await anna.post(path, content=pieces(60)), 413)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    check_problem(await anna.post(path, content=pieces(60), headers=headers), 400)
    assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 0


async def test_a_json_body_above_a_megabyte_is_413(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    body = {"type": "completed", "payload": {"text": "x" * 2 * MIB}}
    check_problem(await anna.post(f"/tasks/{task}/events", json=body), 413)

    async def chunked() -> AsyncIterator[bytes]:
        yield b'{"type": "'
        async for piece in pieces(2):
            yield piece

    headers = {"Content-Type": "application/json"}
    check_problem(await anna.post(f"/tasks/{task}/events", content=chunked(), headers=headers), 413)


@pytest.mark.parametrize(
    "send",
    [
        {"content": CSV},
        {"files": {"other": ("tb.csv", CSV)}},
        {"data": {"file": "text"}, "files": {"x": ("", b"")}},
        {"files": {"file": ("tb.csv", CSV)}, "data": {"source": "a b"}},
        {"files": {"file": ("tb.csv", CSV)}, "data": {"gateId": "x" * 3000}},
    ],
)
async def test_an_upload_that_says_too_little_or_nonsense_is_422(
    anna: httpx2.AsyncClient, books: Any, check_problem: Check, send: Any
):
    task = await books.task()
    check_problem(await anna.post(f"/tasks/{task}/files", **send), 422)


async def test_a_form_that_is_no_form_is_400(anna: httpx2.AsyncClient, books: Any, check_problem: Check):
    task = await books.task()
    headers = {"Content-Type": "multipart/form-data"}
    check_problem(await anna.post(f"/tasks/{task}/files", content=b"hello", headers=headers), 400)


class TestTelling:
    """A document for an open gate is told to its run."""

    async def test_a_document_for_an_open_gate_keeps_a_signal_while_temporal_is_away(
        self, anna: httpx2.AsyncClient, books: Any
    ):
        task = await books.task()
        child = await books.run(task, f"{task}:collect:document-ingest:tb")
        await books.file_gate(task, child, "tb")
        row = (await upload(anna, task, source="tb")).json()
        signal = (await books.signals())[0]
        assert (signal["workflow_id"], signal["signal"], signal["sent_at"]) == (child, "document_submitted", None)
        assert signal["payload"] == {
            "document_ref": row["id"],
            "tenant_slug": "acme",
            "entity_slug": "spv-1",
            "source": "tb",
            "filename": "tb.csv",
            "content_type": row["contentType"],
        }

    async def test_the_only_open_place_needs_no_source(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        child = await books.run(task, f"{task}:collect:document-ingest:rent")
        await books.files_gate(task, ("rent", child))
        assert (await upload(anna, task)).json()["source"] == "rent"
        assert (await books.signals())[0]["workflow_id"] == child

    async def test_a_place_and_its_runs_own_gate_are_one(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        child = await books.run(task, f"{task}:collect:document-ingest:tb")
        await books.files_gate(task, ("tb", child))
        await books.file_gate(task, child, "tb")
        assert (await upload(anna, task, source="tb")).status_code == 201
        assert [signal["workflow_id"] for signal in await books.signals()] == [child]

    async def test_with_several_places_open_a_document_without_source_is_only_stored(
        self, anna: httpx2.AsyncClient, books: Any
    ):
        task = await books.task()
        await books.files_gate(task, ("tb", f"{task}:collect:d:tb"), ("rent", f"{task}:collect:d:rent"))
        assert (await upload(anna, task)).json()["source"] == "unassigned"
        assert await books.signals() == []

    async def test_a_second_click_tells_the_run_once_even_when_its_gate_has_closed(
        self, anna: httpx2.AsyncClient, books: Any
    ):
        task = await books.task()
        child = await books.run(task, f"{task}:collect:document-ingest:tb")
        await books.files_gate(task, ("tb", child))
        gate = await books.file_gate(task, child, "tb")
        await upload(anna, task, source="tb")
        await books.close_gate(gate)
        assert (await upload(anna, task, source="tb")).status_code == 200
        assert len(await books.signals()) == 1

    async def test_the_same_bytes_may_be_handed_in_again_at_a_later_gate(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        gate = await books.file_gate(task, str(task), "tb")
        await upload(anna, task, source="tb")
        await books.close_gate(gate)
        await books.file_gate(task, str(task), "tb")
        assert (await upload(anna, task, source="tb")).status_code == 200
        assert len(await books.signals()) == 2

    async def test_a_gate_that_takes_no_such_document_is_409_and_nothing_is_stored(
        self, anna: httpx2.AsyncClient, books: Any, check_problem: Check
    ):
        task = await books.task()
        gate = await books.file_gate(task, str(task), "tb")
        check_problem(await upload(anna, task, source="rent", gateId=gate), 409)
        check_problem(await upload(anna, task, gateId="no-such-gate"), 409)
        assert await books.connection.fetchval("select count(*) from ingest.submitted_documents") == 0

    async def test_a_source_that_two_runs_expect_needs_the_gate(
        self, anna: httpx2.AsyncClient, books: Any, check_problem: Check
    ):
        task = await books.task()
        one = await books.run(task, f"{task}:collect:document-ingest:1")
        two = await books.run(task, f"{task}:collect:document-ingest:2")
        await books.file_gate(task, one, "invoice")
        gate = await books.file_gate(task, two, "invoice")
        check_problem(await upload(anna, task, source="invoice"), 409)
        assert (await upload(anna, task, source="invoice", gateId=gate)).status_code == 201
        assert (await books.signals())[0]["workflow_id"] == two


class TestReading:
    """Lists and downloads."""

    async def test_documents_are_listed_newest_first_and_by_source(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        for number in range(3):
            await upload(anna, task, CSV + b"%d" % number, source=f"s{number % 2}", filename=f"{number}.csv")
        names = [row["filename"] for row in (await anna.get(f"/tasks/{task}/files")).json()]
        assert names == ["2.csv", "1.csv", "0.csv"]
        assert [row["filename"] for row in (await anna.get(f"/tasks/{task}/files?source=s1")).json()] == ["1.csv"]
        assert len((await anna.get(f"/tasks/{task}/files?limit=2")).json()) == 2

    async def test_a_download_is_an_attachment_that_no_browser_runs(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        row = (await upload(anna, task, filename='Büro "a".csv')).json()
        answer = await anna.get(f"/tasks/{task}/files/{row['id']}")
        assert answer.content == CSV
        assert answer.headers["content-disposition"] == (
            "attachment; filename=\"B_ro _a_.csv\"; filename*=UTF-8''B%C3%BCro%20%22a%22.csv"
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        again = await anna.get(f"/tasks/{task}/files/{row['id']}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304

    async def test_a_document_of_another_task_is_404(self, anna: httpx2.AsyncClient, books: Any, check_problem: Check):
        task, other = await books.task(), await books.task()
        row = (await upload(anna, task)).json()
        check_problem(await anna.get(f"/tasks/{other}/files/{row['id']}"), 404)
        check_problem(await anna.get(f"/tasks/{task}/files/{uuid4()}"), 404)
        check_problem(await anna.get(f"/tasks/{task}/files/tb.csv"), 404)

    async def test_a_run_below_a_task_shows_the_tasks_documents(self, anna: httpx2.AsyncClient, books: Any):
        task = await books.task()
        child = await books.run(task, f"{task}:collect:document-ingest:tb")
        row = (await upload(anna, child)).json()
        assert (await anna.get(f"/tasks/{task}/files")).json()[0]["id"] == row["id"]
