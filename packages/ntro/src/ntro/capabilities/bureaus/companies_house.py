"""The register of companies of the United Kingdom: who a company is and who directs it."""

import asyncio
import json
import logging
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.capabilities import config
from ntro.capabilities._connections import http_client, is_worth_another_try, pause_after

TIMEOUT_SECONDS = 15.0
ATTEMPTS = 3
MAX_OFFICERS = 1_000
_PAGE = 100
_NUMBER = re.compile(r"[A-Z0-9]{1,8}")
_log = logging.getLogger(__name__)

__all__ = [
    "CompaniesHouseError",
    "CompaniesHouseNotFoundError",
    "CompaniesHouseProfile",
    "Officer",
    "lookup",
]


class CompaniesHouseError(RuntimeError):
    """The register did not answer, or refused. `retryable` tells whether a later try may succeed."""

    code = "companies_house"

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class CompaniesHouseNotFoundError(CompaniesHouseError):
    """The register has no company of that number."""

    code = "companies_house_not_found"


class Officer(BaseModel):
    """Someone who holds an office of the company now; dates are ISO text, as the register writes them."""

    model_config = ConfigDict(extra="ignore")

    name: str = ""
    role: str = Field(default="", validation_alias="officer_role")
    appointed_on: str | None = None
    resigned_on: str | None = None


class CompaniesHouseProfile(BaseModel):
    """A company as registered. `officers_complete` is false where the list of officers could not be read in full."""

    model_config = ConfigDict(extra="ignore")

    company_number: str
    name: str = Field(default="", validation_alias="company_name")
    jurisdiction: str | None = None
    status: str | None = Field(default=None, validation_alias="company_status")
    incorporated_on: str | None = Field(default=None, validation_alias="date_of_creation")
    sic_codes: list[str] = []
    officers: list[Officer] = []
    officers_complete: bool = True


async def lookup(number: str) -> CompaniesHouseProfile:
    """The company of a registration number, with its present officers.

    Args:
        number: up to eight letters and digits; a number of digits is padded with zeros to eight.

    Raises:
        ValueError: the number cannot be one, or no key is configured.
        CompaniesHouseNotFoundError: there is no such company.
        CompaniesHouseError: the register refused, or did not answer in three tries.
    """
    key = config.get().companies_house_api_key.get_secret_value()
    if not key:
        raise ValueError("no key for Companies House is configured; set COMPANIES_HOUSE_API_KEY of the worker")
    path = f"/company/{_normal(number)}"
    profile, (officers, complete) = await asyncio.gather(_get(path, key), _officers(path, key))
    try:
        found = CompaniesHouseProfile.model_validate(profile)
        present = [officer for officer in map(Officer.model_validate, officers) if not officer.resigned_on]
    except ValidationError as error:
        raise CompaniesHouseError("Companies House answered with something that is no company profile.") from error
    return found.model_copy(update={"officers": present, "officers_complete": complete})


def _normal(number: str) -> str:
    text = "".join(number.split()).upper()
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{number!r} is no company number: it has up to eight letters and digits")
    return text.zfill(8) if text.isdigit() else text


async def _officers(path: str, key: str) -> tuple[list[Any], bool]:
    """The officers, and whether these are all; a company without any has no such page."""
    found: list[Any] = []
    try:
        while len(found) < MAX_OFFICERS:
            page = await _get(f"{path}/officers?items_per_page={_PAGE}&start_index={len(found)}", key)
            items = page.get("items") or []
            found += items
            if not items or len(found) >= int(page.get("total_results") or 0):
                return found, True
    except CompaniesHouseNotFoundError:
        return found, True
    except CompaniesHouseError as error:
        _log.warning("The officers of %s are incomplete: %s", path, error)
    return found, False


async def _get(path: str, key: str) -> dict[str, Any]:
    import httpx2  # noqa: PLC0415 - loaded by those who use it only

    url = config.get().companies_house_url.rstrip("/") + path
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = await http_client().get(url, auth=(key, ""), timeout=TIMEOUT_SECONDS)
        except httpx2.TransportError as error:
            problem, pause = CompaniesHouseError(_no_answer(error), retryable=True), pause_after(attempt, None)
        else:
            if not is_worth_another_try(answer.status_code):
                return _decoded(answer.status_code, answer.content, path)
            problem = CompaniesHouseError(f"Companies House answered {answer.status_code}.", retryable=True)
            pause = pause_after(attempt, answer.headers.get("Retry-After"))
        if pause is None or attempt == ATTEMPTS:
            break
        await asyncio.sleep(pause)
    raise problem


def _no_answer(error: Exception) -> str:
    return f"Companies House did not answer: {type(error).__name__}. Try again later."


def _decoded(status: int, content: bytes, path: str) -> dict[str, Any]:
    if status == 404:
        raise CompaniesHouseNotFoundError(f"Companies House has nothing at {path}.")
    if status in {401, 403}:
        raise CompaniesHouseError("Companies House refused the key; check COMPANIES_HOUSE_API_KEY of the worker.")
    if status >= 300:
        raise CompaniesHouseError(f"Companies House answered {status}.")
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CompaniesHouseError("Companies House answered with something other than a JSON object.")
    return answer
