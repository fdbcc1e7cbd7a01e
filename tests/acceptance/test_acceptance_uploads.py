"""Uploads through a cell's real door: what is refused and why, what is kept, and that nothing is held in memory."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest

pytestmark = pytest.mark.stack
MIB = 1024 * 1024
CSV = b"account_code,name,debit,credit\n1000,Bank,10.00,0.00\n3000,Equity,0.00,10.00\n"
PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(400)
NO_FILE = b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n'
ELF = b"\x7fELF\x02\x01\x01" + bytes(400)


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * MIB


@pytest.fixture
async def cell(doors: Any) -> AsyncIterator[httpx2.AsyncClient]:
    async with doors.client() as client:
        given = await client.tenants.access_token("demo")
    headers = {"Authorization": f"Bearer {given.token}"}
    async with httpx2.AsyncClient(base_url=given.url, headers=headers, timeout=60) as opened:
        yield opened


@pytest.fixture
async def run(books: Any) -> Any:
    started = await books.start(schema_slug="trial-balance")
    await started.wait_for("submit_file")
    return started


async def send(cell: httpx2.AsyncClient, run: Any, content: Any, name: str = "tb.csv") -> httpx2.Response:
    return await cell.post(f"/tasks/{run.id}/files", params={"filename": name, "source": "document"}, content=content)


async def stored(run: Any) -> list[str]:
    return [item.filename for item in await run.books.cell.files.list(run.id)]


def refused(answer: httpx2.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    body = json.loads(answer.text)
    assert (body["statusCode"], body["code"]) == (status, code)
    assert isinstance(body["message"], str)


def peak_memory(pid: int) -> int:
    """The most memory that the process had since it was last reset, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def peak_from_now(pid: int) -> int:
    """What the process has now, from where its peak is counted anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return peak_memory(pid)


@pytest.mark.parametrize("declared", [True, False])
async def test_sixty_megabytes_are_413_and_never_held_in_memory(
    cell: httpx2.AsyncClient, run: Any, stack: Any, declared: bool
) -> None:
    pid = next(row["pid"] for row in stack.json("status") if row["process"] == "cell-demo-api")
    before = peak_from_now(pid)
    size = {"Content-Length": str(60 * MIB)} if declared else {}
    answer = await cell.post(f"/tasks/{run.id}/files", params={"filename": "big.csv"}, content=pieces(60), headers=size)
    refused(answer, 413, "payload_too_large")
    assert peak_memory(pid) - before < 16 * MIB
    assert await stored(run) == []
    assert (await run.wait_for("submit_file")).kind == "submit_file"


async def test_a_form_of_sixty_megabytes_is_413(cell: httpx2.AsyncClient, run: Any) -> None:
    answer = await cell.post(f"/tasks/{run.id}/files", files={"file": ("big.csv", b"x" * (60 * MIB))})
    refused(answer, 413, "payload_too_large")
    assert await stored(run) == []


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("statement.pdf", PE, 415, "executable"),
        ("statement.pdf", ELF, 415, "executable"),
        ("statement.csv", b"#!/bin/sh\nrm -rf /\n", 415, "executable"),
        ("empty.pdf", b"", 422, "empty_file"),
        ("tb.xlsx", b"%PDF-1.7\n%not a workbook", 415, "type_mismatch"),
        ("archive.csv", b"PK\x03\x04" + bytes(100), 415, None),
    ],
)
async def test_what_is_no_document_is_refused_by_name(
    cell: httpx2.AsyncClient, run: Any, name: str, content: bytes, status: int, code: str | None
) -> None:
    answer = await send(cell, run, content, name)
    refused(answer, status, code or json.loads(answer.text)["code"])
    assert await stored(run) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\windows\\tb.csv", "tb.csv"),
        ("Bücher und Konten.csv", "Bücher und Konten.csv"),
        ("حسابات.csv", "حسابات.csv"),
        ("帳簿 2026.csv", "帳簿 2026.csv"),
        ("tb\u202evsc.csv", "tbvsc.csv"),
        ("a\r\nSet-Cookie: x=1.csv", None),
        ("tb\u0000.csv", "tb.csv"),
        ("x" * 900 + ".csv", None),
        ("<script>alert(1)</script>.csv", None),
    ],
)
async def test_any_name_is_taken_made_safe_and_given_back(
    cell: httpx2.AsyncClient, run: Any, name: str, kept: str | None
) -> None:
    answer = await send(cell, run, CSV, name)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    assert kept is None or row["filename"] == kept
    assert not set("/\\\r\n\0\u202e") & set(row["filename"])
    assert row["filename"].endswith(".csv")
    got = await cell.get(f"/tasks/{run.id}/files/{row['id']}")
    assert got.content == CSV
    disposition = got.headers["content-disposition"]
    assert disposition.isascii()
    assert unquote(disposition.rpartition("''")[2]) == row["filename"]


async def test_the_same_bytes_again_are_one_document_and_one_reading(cell: httpx2.AsyncClient, run: Any) -> None:
    first, second = await send(cell, run, CSV), await send(cell, run, CSV)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    gate = await run.wait_for("interactive_review")
    await run.decide(gate, "approved")
    assert (await run.ended()).status == "COMPLETED"
    assert len(await run.books.committed(run.id)) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data"),
        (b"\xff\xfe", "multipart/form-data; boundary=x; charset=none"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_broken_form_is_an_error_of_its_sender(
    cell: httpx2.AsyncClient, run: Any, body: bytes, content_type: str
) -> None:
    answer = await cell.post(f"/tasks/{run.id}/files", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in {400, 422}, answer.text
    assert isinstance(answer.json()["message"], str)
    assert await stored(run) == []
