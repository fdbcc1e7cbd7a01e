"""Parts of the ops worker: bundles are unpacked safely, environments are built, periods and statuses are right."""

import asyncio
import hashlib
import io
import json
import stat
import zipfile
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from ntro_tenant.ops import artifacts
from ntro_tenant.ops.artifacts import BundleRefusedError, fetch, holds, unpack
from ntro_tenant.ops.bundles import front_matter
from ntro_tenant.ops.environments import EnvironmentBuildError, build_environment, read_requirements
from ntro_tenant.ops.loops import until_done
from ntro_tenant.ops.schedule import month_before, scheduled_task_id
from ntro_tenant.ops.tasks import BadCommandError


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries:
            made.writestr(name, data)
    return buffer.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


async def test_a_bundle_appears_whole_and_replaces_what_was_there(tmp_path: Path):
    folder = tmp_path / "bundles" / "nav" / "1.0.0"
    await unpack(archive(("a.txt", b"old"), ("old.txt", b"x")), folder, "1" * 64)
    await unpack(archive(("a.txt", b"new"), ("templates/w.py", b"y")), folder, "2" * 64)
    assert holds(folder, "2" * 64)
    assert not holds(folder, "1" * 64)
    assert (folder / "a.txt").read_bytes() == b"new"
    assert sorted(path.name for path in folder.parent.iterdir()) == ["1.0.0"]
    assert not (folder / "old.txt").exists()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "a/../../evil", "C:evil", "a\\..\\evil", ".sha256", link("passwd")],
    ids=str,
)
async def test_a_name_that_may_not_be_in_a_bundle_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str | zipfile.ZipInfo
):
    folder = tmp_path / "nav" / "1.0.0"
    with pytest.raises(BundleRefusedError):
        await unpack(archive(("ok.txt", b"x"), (name, b"/etc/passwd")), folder, "1" * 64)
    assert list(folder.parent.iterdir()) == []


async def test_bundles_above_the_limits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(artifacts, "MAX_FILES", 2)
    monkeypatch.setattr(artifacts, "MAX_UNPACKED_BYTES", 10)
    await unpack(archive(("a", b"12345"), ("b", b"12345")), tmp_path / "fits", "1" * 64)
    for too_much in (archive(("a", b""), ("b", b""), ("c", b"")), archive(("a", b"12345678901")), b"no zip"):
        with pytest.raises(BundleRefusedError):
            await unpack(too_much, tmp_path / "refused", "1" * 64)
    assert not (tmp_path / "refused").exists()


async def test_an_artifact_is_taken_only_under_its_own_hash_and_below_the_limit(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
):
    data = b"bundle"
    digest = hashlib.sha256(data).hexdigest()
    httpserver.expect_request(f"/v1/internal/artifacts/{digest}").respond_with_data(data)
    httpserver.expect_request("/v1/internal/artifacts/other").respond_with_data(data)
    httpserver.expect_request("/v1/internal/artifacts/absent").respond_with_data("", status=404)
    httpserver.expect_request("/v1/internal/artifacts/later").respond_with_data("", status=503)
    async with httpx2.AsyncClient(base_url=httpserver.url_for("/v1/")) as http:
        assert await fetch(http, digest) == data
        for refused in ("other", "absent"):
            with pytest.raises(BundleRefusedError):
                await fetch(http, refused)
        with pytest.raises(httpx2.HTTPError):
            await fetch(http, "later")
        monkeypatch.setattr(artifacts, "MAX_ARCHIVE_BYTES", len(data) - 1)
        with pytest.raises(BundleRefusedError):
            await fetch(http, digest)


def test_names_of_the_platform_are_never_installed(tmp_path: Path):
    lines = ["# pins", "ntro>=0.1", "ntro-core==0.9", "NTRO_providers", "ntropy==1.0", "six==1.17.0  # why", ""]
    (tmp_path / "requirements.txt").write_text("\n".join(lines))
    found = read_requirements(tmp_path)
    assert found.from_platform == ["ntro>=0.1", "ntro-core==0.9", "NTRO_providers"]
    assert found.pins == ["ntropy==1.0", "six==1.17.0"]


@pytest.mark.parametrize(
    "line", ["--index-url https://x", "-e .", "git+https://x/y", "a @ https://x/a.whl", "./a.whl", "a==1 \\", "a;b/c"]
)
def test_a_requirement_that_is_no_name_and_version_is_refused(tmp_path: Path, line: str):
    (tmp_path / "requirements.txt").write_text(line)
    with pytest.raises(EnvironmentBuildError):
        read_requirements(tmp_path)


async def test_an_environment_has_its_own_pins_before_the_platforms_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name, text in (("own_pin", "VALUE = 1"), ("structlog", "OWN = True")):
        info = f"{name}-9.0.0.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.0.0\n".encode()
        tag = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        files = [(f"{name}.py", text.encode()), (f"{info}/METADATA", metadata), (f"{info}/WHEEL", tag)]
        record = "".join(f"{path},,\n" for path, _ in files) + f"{info}/RECORD,,\n"
        (wheels / f"{name}-9.0.0-py3-none-any.whl").write_bytes(archive(*files, (f"{info}/RECORD", record.encode())))
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "requirements.txt").write_text("own-pin==9.0.0\nstructlog==9.0.0\nntro==99\n")
    python = await build_environment(tmp_path / "envs" / "a", bundle)
    program = "import own_pin, structlog, ntro_tenant, ntro, asyncpg; print(own_pin.VALUE, structlog.OWN)"
    process = await asyncio.create_subprocess_exec(python, "-P", "-c", program, stdout=PIPE)
    output, _ = await process.communicate()
    assert output.split() == [b"1", b"True"]
    marker = python.parent.parent / ".ntro-ready"
    before = marker.stat().st_mtime_ns
    assert await build_environment(tmp_path / "envs" / "a", bundle) == python
    assert marker.stat().st_mtime_ns == before


async def test_a_pin_that_does_not_exist_is_a_clear_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UV_NO_INDEX", "1")
    (tmp_path / "requirements.txt").write_text("not-there==1.0.0\n")
    with pytest.raises(EnvironmentBuildError):
        await build_environment(tmp_path / "env", tmp_path)
    assert not (tmp_path / "env" / ".ntro-ready").exists()


@pytest.mark.parametrize(
    ("moment", "timezone", "period"),
    [
        (datetime(2026, 1, 1, 0, 30, tzinfo=UTC), None, "2025-12"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=UTC), "America/New_York", "2025-11"),
        (datetime(2026, 3, 31, 22, 30, tzinfo=UTC), "Europe/Berlin", "2026-03"),
    ],
)
def test_a_scheduled_task_is_for_the_month_before_in_its_own_time_zone(
    moment: datetime, timezone: str | None, period: str
):
    assert month_before(moment, timezone) == period


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(BadCommandError):
        month_before(datetime(2026, 1, 1, tzinfo=UTC), "Mars/Olympus")


def test_the_same_scheduled_time_is_the_same_task_in_any_spelling():
    binding = uuid4()
    moment = datetime(2026, 3, 31, 20, tzinfo=UTC)
    assert scheduled_task_id(binding, moment) == scheduled_task_id(binding, moment.astimezone())
    assert scheduled_task_id(binding, moment) != scheduled_task_id(uuid4(), moment)


def test_front_matter_is_optional(tmp_path: Path):
    assert front_matter(tmp_path) == {}
    (tmp_path / "runbook.md").write_text("---\nname: NAV\nconfig_schema: {global: {}}\n---\nText")
    assert front_matter(tmp_path) == {"name": "NAV", "config_schema": {"global": {}}}


async def test_work_is_tried_again_until_it_succeeds():
    tries: list[int] = []

    async def fails_once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OSError(json.dumps("not yet"))

    async with asyncio.timeout(10):
        await until_done("x", fails_once)
    assert len(tries) == 2
