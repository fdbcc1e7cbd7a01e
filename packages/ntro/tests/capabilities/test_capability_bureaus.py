"""Companies House, against a server that answers as its public API does."""

import json
from typing import Any

import pytest
from werkzeug import Request, Response

from ntro.capabilities import _connections, bureaus
from ntro.capabilities.bureaus import companies_house as ch

PROFILE = {
    "company_number": "01234567",
    "company_name": "ACME LTD",
    "company_status": "active",
    "jurisdiction": "england-wales",
    "date_of_creation": "2001-02-03",
    "sic_codes": ["68209"],
    "links": {"self": "/company/01234567"},
}


@pytest.fixture
def house(configure: Any, httpserver: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(_connections, "PAUSE_SECONDS", 0.001)
    configure(companies_house_api_key="key", companies_house_url=httpserver.url_for("").rstrip("/"))
    return httpserver


def officers(*resigned: str | None) -> list[dict[str, Any]]:
    return [
        {"name": f"PERSON {n}", "officer_role": "director", "appointed_on": "2001-02-03"}
        | ({"resigned_on": day} if day else {})
        for n, day in enumerate(resigned)
    ]


async def test_a_company_is_its_profile_with_present_officers(house: Any):
    house.expect_request("/company/01234567").respond_with_json(PROFILE)
    people = {"items": officers(None, "2010-01-01", None), "total_results": 3}
    house.expect_request("/company/01234567/officers").respond_with_json(people)
    found = await bureaus.companies_house.lookup("1234567")
    assert (found.company_number, found.name, found.status) == ("01234567", "ACME LTD", "active")
    assert (found.incorporated_on, found.sic_codes) == ("2001-02-03", ["68209"])
    assert [(person.name, person.role) for person in found.officers] == [
        ("PERSON 0", "director"),
        ("PERSON 2", "director"),
    ]
    assert found.officers_complete
    assert all(request.authorization.username == "key" for request, _ in house.log)


async def test_officers_are_read_to_the_last_page(house: Any):
    def page(request: Request) -> Response:
        start, size = (int(request.args[name]) for name in ("start_index", "items_per_page"))
        items = officers(*[None] * 250)[start : start + size]
        return Response(json.dumps({"items": items, "total_results": 250}), content_type="application/json")

    house.expect_request("/company/01234567").respond_with_json(PROFILE)
    house.expect_request("/company/01234567/officers").respond_with_handler(page)
    assert len((await ch.lookup("01234567")).officers) == 250


async def test_officers_that_cannot_be_read_are_said_to_be_incomplete(house: Any):
    house.expect_request("/company/01234567").respond_with_json(PROFILE)
    house.expect_request("/company/01234567/officers").respond_with_data("", status=500)
    found = await ch.lookup("01234567")
    assert (found.officers, found.officers_complete) == ([], False)


async def test_a_company_without_a_page_of_officers_has_none(house: Any):
    house.expect_request("/company/01234567").respond_with_json(PROFILE)
    house.expect_request("/company/01234567/officers").respond_with_json({}, status=404)
    found = await ch.lookup("01234567")
    assert (found.officers, found.officers_complete) == ([], True)


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (404, ch.CompaniesHouseNotFoundError, False),
        (401, ch.CompaniesHouseError, False),
        (403, ch.CompaniesHouseError, False),
        (400, ch.CompaniesHouseError, False),
        (302, ch.CompaniesHouseError, False),
        (429, ch.CompaniesHouseError, True),
        (500, ch.CompaniesHouseError, True),
    ],
)
async def test_refusals_are_errors_of_its_own(house: Any, status: int, kind: type[Exception], retryable: bool):
    house.expect_request("/company/01234567").respond_with_data("no", status=status)
    house.expect_request("/company/01234567/officers").respond_with_json({}, status=404)
    with pytest.raises(kind) as caught:
        await ch.lookup("01234567")
    assert isinstance(caught.value, RuntimeError)
    assert caught.value.retryable is retryable  # type: ignore[attr-defined]  # of every error of the register
    asked = [request for request, _ in house.log if request.path == "/company/01234567"]
    assert len(asked) == (ch.ATTEMPTS if retryable else 1)


async def test_a_busy_register_is_asked_again(house: Any):
    house.expect_oneshot_request("/company/SC123456").respond_with_data("", 429, {"Retry-After": "0.01"})
    house.expect_oneshot_request("/company/SC123456").respond_with_json(PROFILE)
    house.expect_request("/company/SC123456/officers").respond_with_json({}, status=404)
    assert (await ch.lookup(" sc 123456")).name == "ACME LTD"


@pytest.mark.parametrize("body", ["not json", "[]", '{"company_name": 3}'])
async def test_an_answer_of_another_shape_is_an_error(house: Any, body: str):
    house.expect_request("/company/01234567").respond_with_data(body)
    house.expect_request("/company/01234567/officers").respond_with_json({}, status=404)
    with pytest.raises(ch.CompaniesHouseError):
        await ch.lookup("01234567")


async def test_a_register_that_is_out_of_reach_is_an_error_of_its_own(configure: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_connections, "PAUSE_SECONDS", 0.001)
    configure(companies_house_api_key="key", companies_house_url="http://127.0.0.1:9")
    with pytest.raises(ch.CompaniesHouseError) as caught:
        await ch.lookup("01234567")
    assert caught.value.retryable


@pytest.mark.parametrize("number", ["", "  ", "../officers", "12/34", "123456789", "1?a=b", "\uff11\uff12"])
async def test_what_can_be_no_number_is_never_sent(house: Any, number: str):
    with pytest.raises(ValueError):
        await ch.lookup(number)
    assert house.log == []


async def test_without_a_key_nothing_is_asked(configure: Any):
    with pytest.raises(ValueError):
        await ch.lookup("01234567")
