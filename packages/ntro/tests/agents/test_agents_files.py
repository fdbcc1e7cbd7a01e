"""What sessions leave as files: documents of the task, all of them, once, whatever their size and name."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from ntro import data
from ntro.agents import passback

Ask = Callable[..., Any]
MIB = 1024 * 1024


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passback, "SETTLED_SECONDS", 0.05)
    monkeypatch.setattr(passback, "LOOK_SECONDS", 0.02)


async def documents(db: data.DataPlane) -> list[dict[str, Any]]:
    return await db.fetch(
        """select id::text, filename, source, size_bytes, sha256, content_type, entity_slug, task_id, period,
                  uploaded_by, encode(sha256(data_bytes), 'hex') as stored
           from ingest.submitted_documents order by uploaded_at, filename"""
    )


async def test_three_files_come_back_one_large_one_late_one_with_a_dangerous_name(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, file_type: Any, db: data.DataPlane, task: str
):
    large = bytes(range(256)) * (30 * MIB // 256)
    claude.plan = plan_type(
        files=[
            file_type("../../x.docx", b"handover", "application/msword"),
            file_type("annex.bin", large, "application/octet-stream"),
            file_type("late.txt", b"late", "text/plain", late_s=2.0),
        ]
    )
    agent = registry.add()
    result = await ask(agent)
    assert result.error is None
    assert [file.filename for file in result.output_files] == ["x.docx", "annex.bin", "late.txt"]
    assert [file.size_bytes for file in result.output_files] == [8, 30 * MIB, 4]
    stored = await documents(db)
    assert {row["id"] for row in stored} == {file.document_ref for file in result.output_files}
    assert all(row["stored"] == row["sha256"] for row in stored)
    assert {row["sha256"] for row in stored} == {
        hashlib.sha256(content).hexdigest() for content in (b"handover", large, b"late")
    }
    assert {row["source"] for row in stored} == {f"agent_output:{agent}"}
    assert {(row["task_id"], row["entity_slug"], row["period"]) for row in stored} == {(task, "spv-1", None)}


@pytest.mark.usefixtures("quick")
async def test_every_page_of_files_is_taken_and_asking_again_stores_nothing_twice(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, file_type: Any, db: data.DataPlane
):
    claude.plan = plan_type(files=[file_type(f"{number}.txt", str(number).encode()) for number in range(7)])
    agent = registry.add()
    first = await ask(agent)
    assert await ask(agent) == first
    assert len(first.output_files) == len(await documents(db)) == len(claude.downloads) == 7


@pytest.mark.usefixtures("quick")
async def test_a_passback_that_broke_off_goes_on_where_it_was(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, file_type: Any, db: data.DataPlane
):
    claude.plan = plan_type(files=[file_type(f"{number}.txt", str(number).encode()) for number in range(3)])
    claude.fail("GET /v1/files/sesn_1-file_2/content", 500, times=3)
    agent = registry.add()
    with pytest.raises(RuntimeError):
        await ask(agent)
    assert len(await documents(db)) == 2
    result = await ask(agent)
    assert [file.filename for file in result.output_files] == ["0.txt", "1.txt", "2.txt"]
    assert sorted(claude.downloads) == ["sesn_1-file_0", "sesn_1-file_1", "sesn_1-file_2"]
    assert len(claude.sessions) == 1


@pytest.mark.usefixtures("quick")
async def test_two_files_of_the_same_bytes_are_one_document_under_two_names(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, file_type: Any, db: data.DataPlane
):
    claude.plan = plan_type(files=[file_type("a.txt"), file_type("b.txt")])
    result = await ask(registry.add())
    assert [file.filename for file in result.output_files] == ["a.txt", "b.txt"]
    assert len({file.document_ref for file in result.output_files}) == len(await documents(db)) == 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("size", [0, passback.MAX_FILE_BYTES, passback.MAX_FILE_BYTES + 1])
async def test_a_file_is_taken_up_to_the_limit_and_not_beyond(
    claude: Any,
    registry: Any,
    ask: Ask,
    plan_type: Any,
    file_type: Any,
    db: data.DataPlane,
    size: int,
):
    claude.plan = plan_type(files=[file_type("small.txt"), file_type("big.bin", b"x" * size)])
    result = await ask(registry.add())
    taken = size == passback.MAX_FILE_BYTES
    assert result.status == ("completed" if taken else "failed")
    assert [row["size_bytes"] for row in await documents(db)] == [7, size][: 2 if taken else 1]
    if not taken:
        assert result.error.startswith("File passback failed: ")
        assert [file.filename for file in result.output_files] == ["small.txt"]


@pytest.mark.usefixtures("quick")
async def test_more_files_than_the_limit_are_refused(
    claude: Any, registry: Any, ask: Ask, plan_type: Any, file_type: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(passback, "MAX_FILES", 3)
    claude.plan = plan_type(files=[file_type(f"{number}.txt") for number in range(4)])
    assert (await ask(registry.add())).status == "failed"
    assert claude.downloads == []
