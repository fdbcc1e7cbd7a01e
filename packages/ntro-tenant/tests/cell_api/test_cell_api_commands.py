"""The cell's commands, as a supervisor runs them."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import asyncpg
import httpx2
import pytest

from ntro_server.settings import write_settings
from ntro_tenant.__main__ import main
from ntro_tenant.settings import CellSettings

SECONDS = 60


@pytest.fixture
def cell_database(database_url: str) -> str:
    """Here the database is not migrated yet."""
    return database_url


@pytest.fixture
def settings_file(settings: CellSettings, tmp_path: Path) -> Path:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = tmp_path / "cell.json"
    write_settings(settings.model_copy(update={"port": port}), path)
    return path


async def run(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ntro_tenant",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(SECONDS):
        out, error = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), error.decode()


async def test_migrating_twice_changes_nothing_the_second_time(settings: CellSettings, settings_file: Path):
    code, first, _ = await run("migrate", "--settings", str(settings_file))
    assert code == 0
    assert "003_system.sql" in first.splitlines()
    assert await run("migrate", "--settings", str(settings_file)) == (0, "", "")
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        assert await connection.fetchval("select count(*) from system.tasks") == 0
    finally:
        await connection.close()


async def test_the_api_serves_while_temporal_and_workspace_are_away(settings_file: Path):
    await run("migrate", "--settings", str(settings_file))
    settings = json.loads(await asyncio.to_thread(settings_file.read_text))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ntro_tenant", "api", "--settings", str(settings_file), stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SECONDS), httpx2.AsyncClient() as client:
            while True:
                try:
                    answer = await client.get(f"http://127.0.0.1:{settings['port']}/health")
                    break
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
        assert answer.json() == {"status": "ok"}
    finally:
        process.terminate()
        async with asyncio.timeout(SECONDS):
            await process.communicate()
    assert process.returncode in {0, -signal.SIGTERM}


@pytest.mark.parametrize("arguments", [[], ["serve"], ["api", "--settings"]])
def test_a_command_that_is_none_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert capsys.readouterr().err


def test_settings_that_others_can_read_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "cell.json"
    path.write_text("{}")
    path.chmod(0o644)
    assert main(["migrate", "--settings", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_a_database_that_is_away_is_said(settings: CellSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "cell.json"
    away = settings.model_copy(update={"database_url": type(settings.database_url)("postgresql://u@127.0.0.1:9/x")})
    write_settings(away, path)
    assert main(["migrate", "--settings", str(path)]) == 1
    assert capsys.readouterr().err


def test_the_description_is_written_where_it_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    target = tmp_path / "reference" / "openapi.json"
    assert main(["openapi", "--output", str(target)]) == 0
    assert main(["openapi"]) == 0
    assert json.loads(target.read_text()) == json.loads(capsys.readouterr().out)
