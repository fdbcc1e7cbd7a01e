"""`ntro document read`: offline, one document, a refusal by code."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ntro.capabilities.documents import REFUSAL_CODES
from ntro_cli.errors import ExitCode

Cli = Callable[..., Any]

TRIAL_BALANCE = "Account code,Account name,Debit,Credit\n1000,Cash at bank,1250.00,\n2000,Loan,,1250.00\n"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection leaves this process."""

    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def trial_balance(tmp_path: Path) -> Path:
    file = tmp_path / "tb.csv"
    file.write_text(TRIAL_BALANCE)
    return file


@pytest.mark.usefixtures("offline")
def test_a_document_is_read_without_server_and_config(cli: Cli, home: Path, trial_balance: Path) -> None:
    done = cli("document", "read", str(trial_balance), "-o", "json")
    assert done.code == ExitCode.OK
    assert done.document["kind"] == "trial_balance"
    rows = [(row["account_code"], row["name"], row["debit"], row["credit"]) for row in done.document["rows"]]
    assert [row[0] for row in rows] == ["1000", "2000"]
    assert rows[0][2] == "1250.00"
    assert done.document["provenance"]["filename"] == "tb.csv"
    assert not home.exists()


def test_a_person_sees_rows_and_a_program_without_json_lines(cli: Cli, trial_balance: Path) -> None:
    assert "1000" in cli("document", "read", str(trial_balance), terminal=True).stdout
    assert any("Cash at bank" in line for line in cli("document", "read", str(trial_balance)).stdout.splitlines())


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty_file"),
        ("statement.pdf", b"MZ" + b"\0" * 100, "executable"),
        ("note.xml", b"<a><b></a>", "malformed"),
    ],
)
def test_a_refusal_is_a_document_with_its_code(cli: Cli, tmp_path: Path, name: str, content: bytes, code: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = cli("document", "read", str(file), "-o", "json")
    assert done.code == ExitCode.FAILED
    assert [*done.document] == ["error"]
    assert done.document["error"]["code"] == code
    assert done.document["error"]["message"]


@pytest.mark.parametrize("schema", ["rent-roll", "invoice", "no-such-schema"])
def test_another_kind_than_expected_is_refused(cli: Cli, trial_balance: Path, schema: str) -> None:
    done = cli("document", "read", str(trial_balance), "--schema", schema, "-o", "json")
    assert done.code == ExitCode.FAILED
    assert done.document["error"]["code"] in REFUSAL_CODES


def test_a_missing_file_is_a_failure_with_a_code(cli: Cli, tmp_path: Path) -> None:
    done = cli("document", "read", str(tmp_path / "none.xml"), "-o", "json")
    assert (done.code, done.document["error"]["code"]) == (ExitCode.FAILED, "unreadable_file")


def test_a_file_above_the_limit_is_refused(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "big.csv"
    with file.open("wb") as handle:
        handle.truncate(60 * 1024 * 1024)
    done = cli("document", "read", str(file), "-o", "json")
    assert (done.code, done.document["error"]["code"]) == (ExitCode.FAILED, "too_large")
