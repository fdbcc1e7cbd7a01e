"""A connected general ledger: a local server speaks the documented unified interface, with its failures."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from ntro import data
from ntro.capabilities import config, gl
from ntro.capabilities.gl import models, postings
from ntro.capabilities.gl._apideck import connection as limits
from ntro.capabilities.gl._apideck import exact_json, resources
from ntro.subledger.proposals import BillProposal, JournalProposal

KEY = f"expenses:{uuid4()}:{uuid4()}"
PAGE = 2


@dataclass
class Ledger:
    """The ledger behind the interface: what it holds, what it was asked, and how it is made to fail next."""

    items: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    bodies: list[str] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)
    failures: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    lost_answers: int = 0
    reads_before_outage: int | None = None

    def answer(self, request: Request) -> Response:
        self.calls[request.method] += 1
        self.headers.append(request.headers)
        if request.headers.get("Authorization") != "Bearer key" or "x-apideck-consumer-id" not in request.headers:
            return self.error(401, "UnauthorizedError")
        if self.failures and self.failures[0][0] == request.method:
            _, status, headers = self.failures.pop(0)
            return self.error(status, "DownstreamError", headers)
        return self.create(request) if request.method == "POST" else self.read(request)

    def create(self, request: Request) -> Response:
        text = request.get_data(as_text=True)
        self.bodies.append(text)
        item = json.loads(text, parse_float=Decimal) | {"id": f"id-{len(self.items) + 1}"}
        self.items.append(item)
        if self.lost_answers:
            self.lost_answers -= 1
            return self.error(504, "GatewayTimeout")
        return self.ok({"id": item["id"]}, 201)

    def read(self, request: Request) -> Response:
        item_id = re.fullmatch(r"/accounting/[a-z-]+/(.+)", request.path)
        if item_id:
            found = next((item for item in self.items if item["id"] == item_id[1]), None)
            if found is None:
                return self.error(404, "NotFoundError")
            if request.method == "PATCH":
                found |= json.loads(request.get_data(as_text=True), parse_float=Decimal)
            return self.ok(found)
        if self.reads_before_outage is not None:
            self.reads_before_outage -= 1
            if self.reads_before_outage < 0:
                return self.error(503, "Away")
        start = int(request.args.get("cursor", "0"))
        following = str(start + PAGE) if start + PAGE < len(self.items) else None
        return self.ok(self.items[start : start + PAGE], cursors={"next": following})

    def ok(self, item: Any, status: int = 200, cursors: dict[str, Any] | None = None) -> Response:
        body = {"status_code": status, "status": "OK", "service": "xero", "data": item, "meta": {"cursors": cursors}}
        return Response(exact_json.encode(body), status, content_type="application/json")

    def error(self, status: int, kind: str, headers: dict[str, str] | None = None) -> Response:
        body = {"status_code": status, "error": "x", "type_name": kind, "message": "why", "detail": "in words"}
        return Response(json.dumps(body), status, headers, content_type="application/json")


@pytest.fixture
def ledger(httpserver: HTTPServer) -> Iterator[Ledger]:
    made = Ledger()
    httpserver.expect_request(re.compile(r"/accounting/.*")).respond_with_handler(made.answer)
    yield made
    config.reset()


@pytest.fixture
async def provider(ledger: Ledger, httpserver: HTTPServer, cell_database_url: str) -> AsyncIterator[gl.GLProvider]:
    config.set(
        config.WorkerConfig(
            tenant_slug="acme",
            tenant_postgres_url=SecretStr(cell_database_url),
            apideck_api_key=SecretStr("key"),
            apideck_app_id="app",
        )
    )
    try:
        yield await gl.for_entity(uuid4(), tenant_config=tenant(httpserver))
    finally:
        await data.close_data_planes()


def tenant(server: HTTPServer, **options: Any) -> dict[str, Any]:
    given_options = {"consumer_id": "acme", "service_id": "xero", "server_url": server.url_for("")} | options
    return {"gl": {"provider": "apideck", "options": given_options}}


def bill(amount: str = "120.10", **changes: Any) -> BillProposal:
    line = {"total_amount": amount, "ledger_account": {"nominal_code": "5100"}, "description": "Taxi"}
    given_bill = {
        "source_row_ids": [uuid4()],
        "subledger_type": "expenses",
        "idempotency_key": KEY,
        "supplier": {"display_name": "Cab Ltd"},
        "bill_date": date(2026, 3, 5),
        "currency": "GBP",
        "total": amount,
        "line_items": [line],
    }
    return BillProposal.model_validate(given_bill | changes)


async def test_a_bill_is_posted_with_exact_numbers_and_its_key_where_people_see_it(
    provider: gl.GLProvider, ledger: Ledger
):
    created = await provider.bills.create(bill("1234567890123456.10"), external_id=KEY)
    assert isinstance(created, gl.CreateResult)
    assert (created.item_id, created.external_id, created.success, created.error) == ("id-1", KEY, True, None)
    (text,) = ledger.bodies
    assert '"total":1234567890123456.10' in text
    sent = json.loads(text, parse_float=Decimal)
    assert sent["reference"] == KEY
    assert not {"source_row_ids", "subledger_type", "idempotency_key", "notes", "due_date"} & set(sent)
    headers = ledger.headers[-1]
    assert (headers["x-apideck-app-id"], headers["x-apideck-service-id"]) == ("app", "xero")
    assert headers["Idempotency-Key"] == KEY
    found = await provider.bills.find_by_external_id(KEY)
    assert isinstance(found, models.Bill)
    assert found.total == Decimal("1234567890123456.10")


async def test_a_journal_is_posted_with_its_sides_and_time(provider: gl.GLProvider, ledger: Ledger):
    account = {"ledger_account": {"nominal_code": "1"}, "total_amount": "0.10"}
    entry = JournalProposal.model_validate(
        {
            "subledger_type": "journal_proposals",
            "idempotency_key": KEY,
            "posted_at": datetime(2026, 3, 31, tzinfo=UTC),
            "line_items": [account | {"type": "Debit"}, account | {"type": "Credit"}],
        }
    )
    await provider.journal_entries.create(entry, external_id=KEY)
    sent = json.loads(ledger.bodies[0], parse_float=Decimal)
    assert (sent["display_id"], sent["posted_at"]) == (KEY, "2026-03-31T00:00:00.000Z")
    assert [line["type"] for line in sent["line_items"]] == ["Debit", "Credit"]


async def test_the_same_key_posts_once_and_asks_the_ledger_no_more(provider: gl.GLProvider, ledger: Ledger):
    for _ in range(3):
        assert (await provider.bills.create(bill(), external_id=KEY)).item_id == "id-1"
    assert (ledger.calls["POST"], ledger.calls["GET"]) == (1, 1)


async def test_the_same_key_with_other_content_is_a_conflict(provider: gl.GLProvider, ledger: Ledger):
    await provider.bills.create(bill("10.00"), external_id=KEY)
    assert (await provider.bills.create(bill("10.0"), external_id=KEY)).item_id == "id-1"
    with pytest.raises(gl.IdempotencyConflictError):
        await provider.bills.create(bill("10.01"), external_id=KEY)
    assert len(ledger.items) == 1


@pytest.mark.parametrize("others", [0, 5])
async def test_an_answer_that_was_lost_is_found_on_whatever_page_it_is(
    provider: gl.GLProvider, ledger: Ledger, others: int
):
    ledger.items = [{"id": f"other-{number}", "reference": "x"} for number in range(others)]
    ledger.lost_answers = 1
    created = await provider.bills.create(bill(), external_id=KEY)
    assert created.item_id == f"id-{others + 1}"
    assert ledger.calls["POST"] == 1


async def test_a_retry_after_a_lost_answer_finds_what_was_posted(provider: gl.GLProvider, ledger: Ledger):
    ledger.lost_answers = 1
    ledger.reads_before_outage = 1
    with pytest.raises(gl.TransientProviderError):
        await provider.bills.create(bill(), external_id=KEY)
    ledger.reads_before_outage = None
    assert (await provider.bills.create(bill(), external_id=KEY)).item_id == "id-1"
    assert len(ledger.items) == ledger.calls["POST"] == 1


async def test_what_an_earlier_worker_posted_without_a_note_is_recognised_or_refused(
    provider: gl.GLProvider, ledger: Ledger
):
    line = {"total_amount": Decimal("120.10")}
    ledger.items = [
        {"id": "old", "custom_fields": [{"id": "ntro_idempotency_key", "value": KEY}], "line_items": [line]}
    ]
    created = await provider.bills.create(bill(), external_id=KEY)
    assert created.item_id == "old"
    for wrong in ({"total": Decimal(1)}, {"currency": "EUR"}, {"line_items": [line, line]}):
        key = f"k:{uuid4()}"
        ledger.items = [{"id": "old", "reference": key} | wrong]
        with pytest.raises(gl.IdempotencyConflictError):
            await provider.bills.create(bill(), external_id=key)
    assert ledger.calls["POST"] == 0


async def test_what_the_ledger_refuses_may_be_corrected_under_the_same_key(provider: gl.GLProvider, ledger: Ledger):
    ledger.failures = [("POST", 422, {})]
    with pytest.raises(gl.ValidationFailedError) as refusal:
        await provider.bills.create(bill("1.00"), external_id=KEY)
    assert (refusal.value.provider, refusal.value.resource, refusal.value.operation) == ("apideck", "bills", "create")
    assert refusal.value.upstream
    assert (await provider.bills.create(bill("2.00"), external_id=KEY)).item_id == "id-1"


@pytest.mark.parametrize(
    ("status", "error", "retryable"),
    [
        (400, gl.ValidationFailedError, False),
        (401, gl.ConnectionError_, False),
        (402, gl.ProviderError, False),
        (403, gl.ConnectionError_, False),
        (409, gl.IdempotencyConflictError, False),
        (422, gl.ValidationFailedError, False),
        (500, gl.TransientProviderError, True),
        (503, gl.TransientProviderError, True),
    ],
)
async def test_errors_are_told_by_what_can_be_done_about_them(
    provider: gl.GLProvider, ledger: Ledger, status: int, error: type[gl.ProviderError], retryable: bool
):
    ledger.failures = [("POST", status, {})]
    with pytest.raises(error) as found:
        await provider.bills.create(bill(), external_id=KEY)
    assert type(found.value) is error
    assert found.value.retryable is retryable
    assert ledger.items == []


async def test_a_limit_on_calls_is_waited_out_when_it_is_short(
    provider: gl.GLProvider, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    ledger.failures = [("GET", 429, {"Retry-After": "0"}), ("GET", 502, {}), ("POST", 429, {})]
    assert (await provider.bills.create(bill(), external_id=KEY)).success
    assert ledger.calls["POST"] == 2
    ledger.failures = [("GET", 429, {"Retry-After": "3600"})]
    with pytest.raises(gl.TransientProviderError):
        await provider.bills.list()
    ledger.failures = [("GET", 429, {"Retry-After": "0"})] * limits.ATTEMPTS
    with pytest.raises(gl.TransientProviderError):
        await provider.bills.list()


async def test_two_attempts_at_once_post_once(provider: gl.GLProvider, ledger: Ledger):
    attempts = [provider.bills.create(bill(), external_id=KEY) for _ in range(4)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(isinstance(outcome, gl.CreateResult | gl.TransientProviderError) for outcome in outcomes)
    assert len(ledger.items) == 1


async def test_a_claim_of_a_worker_that_died_runs_out(
    provider: gl.GLProvider, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    kept = postings.DatabasePostings("apideck", "acme/xero", "acme")
    content = {"total": Decimal("1.00")}
    from ntro.capabilities.gl.content import digest_of

    await kept.begin("bills", KEY, digest_of(content))
    with pytest.raises(gl.TransientProviderError):
        await provider.bills.create(content, external_id=KEY)
    db = await data.get_data_plane("acme")
    await db.execute("update ledgers.gl_postings set claimed_until = now() - $1::interval", timedelta(seconds=1))
    assert (await provider.bills.create(content, external_id=KEY)).item_id == "id-1"
    assert await db.fetch("select status, item_id, attempts from ledgers.gl_postings") == [
        {"status": "POSTED", "item_id": "id-1", "attempts": 2}
    ]


async def test_lists_are_read_to_their_end_and_no_further_than_the_limit(
    provider: gl.GLProvider, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    ledger.items = [{"id": str(number), "nominal_code": str(number), "current_balance": 3} for number in range(5)]
    found = await provider.chart_of_accounts.list(filter={"updated_since": "2026-01-01"}, status="active")
    assert [account.nominal_code for account in found] == ["0", "1", "2", "3", "4"]
    assert found[0].current_balance == Decimal(3)
    monkeypatch.setattr(limits, "MAX_PAGES", 2)
    with pytest.raises(gl.ProviderError):
        await provider.chart_of_accounts.list()


async def test_single_items_are_read_and_changed(provider: gl.GLProvider, ledger: Ledger):
    ledger.items = [{"id": "s-1", "display_name": "Old", "extra": Decimal("1.50")}]
    changed = await provider.suppliers.update("s-1", {"display_name": "New", "notes": None})
    assert isinstance(changed, models.Supplier)
    assert changed.display_name == "New"
    assert (changed.model_extra or {})["extra"] == Decimal("1.50")
    for wrong in ("none", "../bills", ""):
        with pytest.raises(gl.ValidationFailedError):
            await provider.suppliers.get(wrong)
    ledger.items = [{"id": "s-2", "total": {}}]
    with pytest.raises(gl.ProviderError):
        await provider.bills.get("s-2")


async def test_a_ledger_that_is_not_there_is_transient(provider: gl.GLProvider, httpserver: HTTPServer):
    away = await gl.for_entity(uuid4(), tenant_config=tenant(httpserver, server_url="http://127.0.0.1:9"))
    with pytest.raises(gl.TransientProviderError):
        await away.bills.list()


async def test_there_is_no_trial_balance_here(provider: gl.GLProvider):
    with pytest.raises(NotImplementedError):
        await provider.trial_balance.get(period="2026-03")


async def test_an_item_that_names_its_own_reference_or_a_float_or_no_key_is_refused(
    provider: gl.GLProvider, ledger: Ledger
):
    with pytest.raises(gl.ValidationFailedError):
        await provider.bills.create({"reference": "mine", "total": Decimal(1)}, external_id=KEY)
    for item, key in (({"total": 1.5}, KEY), ({"total": Decimal(1)}, " "), ({"total": Decimal(1)}, "k" * 256)):
        with pytest.raises(ValueError):
            await provider.bills.create(item, external_id=key)
    with pytest.raises(TypeError):
        await provider.bills.create("bill", external_id=KEY)
    assert ledger.calls.total() == 0


async def test_without_a_database_the_ledger_is_asked_every_time(ledger: Ledger, httpserver: HTTPServer):
    config.set(config.WorkerConfig(apideck_api_key=SecretStr("key"), apideck_app_id="app"))
    provider = await gl.for_entity(uuid4(), tenant_config=tenant(httpserver, service_id=None))
    ledger.failures = [("POST", 422, {}), ("POST", 503, {})]
    for expected in (gl.ValidationFailedError, gl.TransientProviderError):
        with pytest.raises(expected):
            await provider.bills.create(bill(), external_id=KEY)
    for _ in range(2):
        assert (await provider.bills.create(bill(), external_id=KEY)).item_id == "id-1"
    assert len(ledger.items) == 1
    assert "x-apideck-service-id" not in ledger.headers[-1]


async def test_a_creation_that_takes_too_long_is_transient_and_gives_its_claim_back(
    provider: gl.GLProvider, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(resources, "CREATE_SECONDS", 0)
    with pytest.raises(gl.TransientProviderError):
        await provider.bills.create(bill(), external_id=KEY)
    monkeypatch.undo()
    assert (await provider.bills.create(bill(), external_id=KEY)).success


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_every_amount_travels_in_its_own_digits(amount: Decimal):
    text = exact_json.encode({"total": amount, "of": [date(2026, 1, 1), None, True]})
    assert Decimal(exact_json.decode(text)["total"]) == amount
    with pytest.raises(TypeError):
        exact_json.encode(1.5)
