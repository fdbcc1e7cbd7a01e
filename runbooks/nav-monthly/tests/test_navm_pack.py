"""The NAV pack and what is signed: the same close gives the same bytes everywhere, and says all that a signer needs."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ntro.accounting.models import TrialBalanceReport
from ntro.capabilities.documents import read_document

RUNBOOK = Path(__file__).parents[1]
DOCUMENTS = [{"source": "bank", "filename": "statement.xml", "sha256": "ab" * 32}]
PLACES = (
    {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
    {"TZ": "America/New_York", "PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8"},
)
PACK_ELSEWHERE = """
import asyncio, hashlib, importlib, json, sys
from pathlib import Path
from ntro.runbook.bundle import load_bundle
bundle = load_bundle(Path(sys.argv[1]), slug="nav-monthly")
package = bundle.workflow_class.__module__.rpartition(".")[0]
close = importlib.import_module(package + ".models").CloseInput.model_validate_json(sys.stdin.read())
pack = importlib.import_module(package + ".pack")
files = asyncio.run(pack.pack_files(close, json.loads(sys.argv[2])))
print(json.dumps([hashlib.sha256(file.content).hexdigest() for file in files]))
"""


def test_the_same_close_gives_the_same_bytes_in_every_process_zone_and_hash_seed(navm: Any, month: Any, close_of: Any):
    close = close_of(month.Month())
    files = asyncio.run(navm.pack.pack_files(close, DOCUMENTS))
    here = [hashlib.sha256(file.content).hexdigest() for file in files]
    with ThreadPoolExecutor() as pool:
        for elsewhere in pool.map(partial(hashes_elsewhere, close.model_dump_json()), PLACES):
            assert elsewhere == here


def hashes_elsewhere(close: str, place: dict[str, str]) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", PACK_ELSEWHERE, str(RUNBOOK), json.dumps(DOCUMENTS)],
        input=close,
        env=os.environ | place,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_the_pack_is_named_for_entity_and_period(navm: Any, month: Any, close_of: Any):
    files = asyncio.run(navm.pack.pack_files(close_of(month.Month()), DOCUMENTS))
    assert [file.filename for file in files] == ["nav-small-spv-2026-03.xlsx", "nav-small-spv-2026-03.pdf"]
    assert files[0].content.startswith(b"PK")
    assert files[1].content.startswith(b"%PDF")


def test_the_report_names_figures_journals_checks_documents_and_both_people(navm: Any, month: Any, close_of: Any):
    close = close_of(month.Month())
    report = navm.pack.report_of(close, DOCUMENTS)
    facts = dict(report.facts)
    assert facts["Net asset value"] == f"{close.nav.nav:,}"
    assert [item.name for item in report.signatures] == ["Ada", "Ruth"]
    sections = {section.heading: section for section in report.sections}
    assert len(sections["Journals"].tables) == len(close.proposed.journals)
    assert len(sections["Journals"].paragraphs) >= len(close.proposed.journals)
    assert len(sections["Checks"].tables[0].rows) == len(close.checks)
    assert sections["Documents"].tables[0].rows == [["bank", "statement.xml", "ab" * 32]]
    assert sections["NAV movement"].tables[0].rows[-1][1] == close.nav.nav


def test_a_failed_check_is_in_the_first_line_of_what_is_signed(navm: Any, month: Any, close_of: Any):
    for what, failed in ((month.Month(), 0), (replace(month.Month(), strange=1), 1)):
        close = close_of(what)
        shown = payload_of(navm, close)
        assert shown["failed_checks"] == failed
        assert ("1 CHECK FAILED" in shown["summary"]) == bool(failed)
        assert ("Every bank entry is explained" in shown["summary"]) == bool(failed)


def test_what_is_signed_shows_the_books_their_movement_and_the_documents_with_hashes(
    navm: Any, month: Any, close_of: Any
):
    close = close_of(month.Month())
    shown = payload_of(navm, close)
    bank = next(row for row in shown["closing_trial_balance"] if row["account_code"] == "1100")
    closing = month.Month().closing()["1100"]
    assert bank["opening"] == month.written(month.OPENING["1100"])
    assert bank["movement"] == month.written(closing - month.OPENING["1100"])
    assert bank["debit"] == month.written(closing)
    assert [row["movement"] for row in shown["nav_movements"][1:-1]] == [
        journal.description for journal in close.proposed.journals
    ]
    assert shown["documents"][0]["sha256"] == "cd" * 32
    assert shown["journals_approved_by"] == "Ada"
    assert json.loads(json.dumps(shown)) == shown


def test_the_last_signed_nav_is_beside_this_one(navm: Any, month: Any, close_of: Any):
    close = close_of(month.Month())
    previous = navm.models.PreviousClose(
        period="2026-02",
        currency="GBP",
        nav="500000.00",
        nav_per_share="16.6667",
        shares="30000",
        closing=close.opening,
    )
    shown = payload_of(navm, close, previous)
    assert shown["change_in_nav"] == month.written(month.Month().nav() - 500_000_00)
    facts = dict(navm.pack.report_of(close.model_copy(update={"previous": previous}), DOCUMENTS).facts)
    assert facts["Net asset value 2026-02"] == "500,000.00"


def test_a_rehearsal_says_so_where_it_is_signed(navm: Any, month: Any, close_of: Any):
    assert "rehearsal" in payload_of(navm, close_of(month.Month(), dry_run=True))["summary"]
    assert "rehearsal" not in payload_of(navm, close_of(month.Month()))["summary"]


def test_the_closing_balance_in_the_workbook_reads_back_as_a_trial_balance(navm: Any, month: Any, close_of: Any):
    close = close_of(month.Month())
    content = "code,name,debit,credit\n" + "\n".join(
        f"{line.account_code},{line.account_name},{line.debit},{line.credit}" for line in close.proposed.closing.lines
    )
    read = read_document(content.encode(), filename="closing.csv", schema_slug="trial-balance").as_extraction()
    again = TrialBalanceReport.from_extracted_payload(read, "2026-04")
    assert {line.account_code: line.balance for line in again.lines} == {
        line.account_code: line.balance for line in close.proposed.closing.lines
    }


def payload_of(navm: Any, close: Any, previous: Any = None) -> Any:
    seen = navm.models.DocumentSeen(source="bank", schema_slug="bank-statement", filename="s.xml", sha256="cd" * 32)
    return navm.signing.sign_off_payload(
        close.context,
        close.opening,
        close.proposed,
        close.nav,
        previous=previous,
        checks=close.checks,
        documents=[seen],
    )
