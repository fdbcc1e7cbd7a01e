"""A runbook's own files: inside the tenant's folder, whole or not at all."""

import asyncio
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from ntro.capabilities import storage
from ntro.capabilities.storage import _files, _tables
from ntro.capabilities.storage._paths import parts_of


@pytest.fixture
def folder(configure: Any, tmp_path: Path) -> Path:
    """The tenant's folder; beside it lies what no runbook may touch."""
    configure(artifacts_dir=str(tmp_path / "artifacts"), tenant_slug="acme")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "data" / "other").mkdir(parents=True)
    (tmp_path / "data" / "other" / "books.json").write_text("[]")
    return tmp_path / "data" / "acme"


async def test_a_file_is_written_below_the_tenants_folder_and_read_again(folder: Path):
    path = "periods/spv/2026-03/extractions/rent/1.json"
    assert await storage.write(path=path, content=b"{}", content_type="application/json") == str(folder / path)
    assert await storage.read(path=path) == b"{}"
    assert await storage.write_file(path, content="£") == {"path": str(folder / path), "size_bytes": 2}
    assert await storage.read_file(path) == "£".encode()
    assert (folder / path).stat().st_mode & 0o077 == 0
    with pytest.raises(FileNotFoundError):
        await storage.read_file("periods/none.json")
    with pytest.raises(FileNotFoundError):
        await storage.read_file("none/none.json")


@pytest.mark.parametrize(
    "path",
    [
        *("../secret.txt", "a/../../secret.txt", "/etc/passwd", "..", "a/..", "", ".", "a\\..\\b", "a\x00b", "a\nb"),
        *("../other/books.json", "x" * 201, "a/" * 501),
        pytest.param("\ud800", id="half a character"),
    ],
)
async def test_a_path_that_leads_elsewhere_is_refused(folder: Path, path: str):
    before = sorted(folder.parents[1].rglob("*"))
    with pytest.raises(storage.StoragePathError):
        await storage.write_file(path, content=b"x")
    with pytest.raises(storage.StoragePathError):
        await storage.read_file(path)
    assert sorted(folder.parents[1].rglob("*")) == before


_NAMES = st.sampled_from(
    ["a", "b", "..", ".", "", "/", "//", "../..", "a/../..", "~", "%2e%2e", "…", "a b", "\\", "\x00"]
)


@given(parts=st.lists(_NAMES | st.text(max_size=5), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_path_that_is_taken_leaves_the_folder(tmp_path: Path, parts: list[str]):
    root = tmp_path / "root"
    path = "/".join(parts)
    try:
        _files.write_whole(root, path, b"x")
    except storage.StoragePathError:
        return
    written = [found for found in tmp_path.rglob("*") if found.is_file()]
    assert all(found.resolve().is_relative_to(root) for found in written)
    assert _files.read_whole(root, path, 10) == b"x"
    assert "/".join(parts_of(path)) in _files.names(root, "")
    for found in written:
        found.unlink()


@pytest.fixture
def links(folder: Path) -> None:
    """Two links in the tenant's folder that lead out of it."""
    folder.mkdir(parents=True)
    (folder / "file").symlink_to(folder.parents[1] / "secret.txt")
    (folder / "out").symlink_to(folder.parents[1])


@pytest.mark.usefixtures("links")
async def test_symbolic_links_are_not_followed(folder: Path):
    for path in ("file", "out/secret.txt"):
        with pytest.raises(storage.StoragePathError):
            await storage.read_file(path)
    with pytest.raises(storage.StoragePathError):
        await storage.write_file("out/new.txt", content=b"x")
    await storage.write_file("file", content=b"mine")
    assert (folder.parents[1] / "secret.txt").read_text() == "secret"
    assert await storage.list_files() == ["file"]
    with pytest.raises(storage.StoragePathError):
        await storage.list_files("out")


async def test_a_folder_is_no_file_and_a_file_no_folder(folder: Path):
    await storage.write_file("a/b", content=b"x")
    with pytest.raises(storage.StoragePathError):
        await storage.write_file("a", content=b"x")
    with pytest.raises(storage.StoragePathError):
        await storage.read_file("a")
    with pytest.raises(storage.StoragePathError):
        await storage.write_file("a/b/c", content=b"x")
    os.mkfifo(folder / "pipe")
    with pytest.raises(storage.StoragePathError):
        await storage.read_file("pipe")


async def test_files_are_listed_in_order_without_unfinished_ones(folder: Path):
    for path in ("b.txt", "a/c.txt", "a/b.txt", "a/d/e.txt"):
        await storage.write_file(path, content=b"x")
    (folder / "a" / f"{_files.UNFINISHED}1").write_bytes(b"half")
    assert await storage.list_files() == ["a/b.txt", "a/c.txt", "a/d/e.txt", "b.txt"]
    assert await storage.list_files("a/d") == ["a/d/e.txt"]
    assert await storage.list_files("none") == []


async def test_a_write_that_fails_leaves_what_was_there(folder: Path, monkeypatch: pytest.MonkeyPatch):
    await storage.write_file("a.txt", content=b"before")

    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_files.os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        await storage.write_file("a.txt", content=b"after")
    assert found_in(folder) == {"a.txt": b"before"}


def found_in(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_readers_see_one_whole_version_while_others_write(folder: Path):
    versions = [bytes([letter]) * 200_000 for letter in b"abcd"]
    await storage.write_file("a.txt", content=versions[0])
    writes = [storage.write_file("a.txt", content=version) for version in versions]
    read = await asyncio.gather(*writes, *(storage.read_file("a.txt") for _ in range(8)))
    assert all(content in versions for content in read[len(writes) :])


async def test_rows_are_kept_exactly_by_name_and_period(folder: Path):
    rows = [{"id": 1, "amount": Decimal("1000.10"), "on": date(2026, 3, 31)}, {"amount": 0.25, "nested": {"a": [None]}}]
    written = await storage.write_table("cache/rents", data=rows, period="2026-03")
    assert written == {"rows_written": 2, "total_rows": 2, "path": str(folder / "cache/rents_2026-03.json")}
    read = await storage.read_table("cache/rents", period="2026-03")
    assert read == [
        {"id": 1, "amount": "1000.10", "on": "2026-03-31"},
        {"amount": Decimal("0.25"), "nested": {"a": [None]}},
    ]
    added = await storage.write_table("cache/rents", data=[{"id": 3}], period="2026-03", mode="append")
    assert (added["rows_written"], added["total_rows"]) == (1, 3)
    await storage.write_table("cache/rents", data=[], period="2026-03")
    assert await storage.read_table("cache/rents", period="2026-03") == []
    assert await storage.read_table("cache/rents") == []


class Lease(BaseModel):
    rent: Decimal


async def test_rows_may_be_models_and_hold_what_has_a_text(folder: Path):
    rows: list[Any] = [Lease(rent=Decimal("1.10")), {"id": UUID(int=1), "inner": Lease(rent=Decimal(2))}]
    await storage.write_table("leases", data=rows)
    found = await storage.read_table("leases")
    assert found == [{"rent": "1.10"}, {"id": str(UUID(int=1)), "inner": {"rent": "2"}}]
    assert await storage.read_table("nowhere/leases") == []


async def test_no_row_is_lost_when_many_append_at_the_same_time(folder: Path):
    await asyncio.gather(*(storage.write_table("t", data=[{"n": n}], mode="append") for n in range(20)))
    assert sorted(row["n"] for row in await storage.read_table("t")) == list(range(20))


async def test_what_is_no_table_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    await storage.write_file("t.json", content='{"a": 1}')
    with pytest.raises(ValueError):
        await storage.read_table("t")
    for bad in ([1], [{"a": float("nan")}]):
        with pytest.raises(ValueError):
            await storage.write_table("u", data=bad)  # type: ignore[arg-type]  # what is tested
    for name in ("", "/", "../../secret"):
        with pytest.raises(storage.StoragePathError):
            await storage.write_table(name, data=[])
    with pytest.raises(ValueError):
        await storage.write_table("u", data=[], mode="replace")  # type: ignore[arg-type]  # what is tested
    monkeypatch.setattr(_tables, "MAX_TABLE_BYTES", 10)
    with pytest.raises(ValueError):
        await storage.write_table("u", data=[{"a": "long enough"}])
    monkeypatch.setattr(storage, "MAX_FILE_BYTES", 3)
    with pytest.raises(ValueError):
        await storage.write_file("v", content=b"four")
    with pytest.raises(ValueError):
        await storage.read_file("t.json")


async def test_the_folder_is_named_for_the_tenant(configure: Any, tmp_path: Path):
    configure(artifacts_dir=str(tmp_path / "artifacts"))
    assert storage.root() == tmp_path / "data" / "default"
    configure(tenant_slug="../other")
    with pytest.raises(storage.StoragePathError):
        await storage.list_files()
