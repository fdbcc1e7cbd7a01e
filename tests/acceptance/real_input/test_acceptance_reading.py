"""`ntro document read` on every real file: the promised shapes, the true figures, refusals by code."""

import io
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ntro_cli.errors import ExitCode
from ntro_cli.invocation import Invocation
from ntro_cli.main import run
from ntro_cli.output import Output

pytestmark = [pytest.mark.real_data]
STATEMENT = {"account", "currency", "opening", "closing", "entries", "reconciles"}
ENTRY = {"date", "amount", "reference"}
INVOICE = {
    "number", "issue_date", "seller", "currency", "tax_basis", "tax_total", "grand_total", "due_payable", "lines",
}  # fmt: skip


def check_shape(document: Mapping[str, Any], kind: str, name: str) -> None:
    assert document["kind"] == kind, name
    assert document["provenance"]["filename"] == name
    assert len(document["provenance"]["sha256"]) == 64
    if kind == "invoice":
        assert document.keys() >= INVOICE, name
        return
    for statement in document["statements"]:
        assert statement.keys() >= STATEMENT, name
        assert all(entry.keys() >= ENTRY for entry in statement["entries"]), name


def no_float(text: str) -> Any:
    raise AssertionError(f"{text} is a number with a point")


def read(path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and the one document that `ntro document read FILE -o json` prints."""
    stdout = io.StringIO()
    words = ["document", "read", str(path), *options, "-o", "json"]
    code = run(words, Invocation(out=Output(stdout=stdout, stderr=io.StringIO())))
    document: dict[str, Any] = json.loads(stdout.getvalue(), parse_float=no_float)
    return code, document


def check_refusal(code: int, document: Mapping[str, Any], expected: str, name: str) -> None:
    assert code == ExitCode.FAILED == 1, name
    assert document.keys() == {"error"}, name
    assert document["error"].keys() >= {"code", "message"}, name
    assert document["error"]["code"] == expected, name
    assert document["error"]["message"], name


def test_every_real_file_read_on_this_machine_equals_its_truth(cases: list[Any]) -> None:
    outcomes: dict[str, Counter[str]] = {case.folder: Counter() for case in cases}
    for case in cases:
        code, document = read(case.path)
        if case.refused_as is not None:
            check_refusal(code, document, case.refused_as, case.path.name)
            outcomes[case.folder]["refused"] += 1
            continue
        assert code == ExitCode.OK, (str(case), document)
        check_shape(document, "invoice" if case.schema == "invoice" else "bank_statement", case.path.name)
        case.check(document)
        outcomes[case.folder]["with issues" if document["issues"] else "clean"] += 1
    for folder, found in outcomes.items():
        print(f"{folder}: {found.total()} files read: {dict(found)}")  # noqa: T201 - counts belong to the result


def test_the_schema_that_is_named_is_the_only_one_that_is_taken(cases: list[Any]) -> None:
    for folder, refused_as in (("bank-camt", "wrong_kind"), ("invoices-zugferd", "unknown_kind")):
        case = next(case for case in cases if case.folder == folder)
        assert read(case.path, "--schema", case.schema)[0] == ExitCode.OK
        other = "invoice" if case.schema == "bank-statement" else "bank-statement"
        check_refusal(*read(case.path, "--schema", other), refused_as, case.path.name)


@pytest.mark.parametrize("folder", ["adversarial-pdf", "adversarial-spreadsheets", "bank-bai2"])
def test_hostile_and_foreign_files_are_refused_by_code_and_never_crash(real_data: Path, folder: str) -> None:
    names = json.loads((real_data / folder / "expected.json").read_text())
    refused = Counter[str]()
    for name in names:
        code, document = read(real_data / folder / name)
        check_refusal(code, document, document.get("error", {}).get("code", ""), name)
        refused[document["error"]["code"]] += 1
    print(f"{folder}: {refused.total()} files refused: {dict(refused)}")  # noqa: T201 - counts belong to the result
