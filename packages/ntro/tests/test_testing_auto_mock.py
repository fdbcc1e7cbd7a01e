"""Values made from annotations are what the annotations accept."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from ntro.testing import MockUnavailable, generate_fake
from ntro.types import CurrencyCode, Period


class Side(enum.StrEnum):
    DEBIT = "debit"
    CREDIT = "credit"


class Line(BaseModel):
    account: str = Field(min_length=3, max_length=12)
    amount: Annotated[Decimal, Field(gt=0)]
    side: Side
    note: str | None = None


class Journal(BaseModel):
    period: Period
    currency: CurrencyCode
    posted: AwareDatetime
    lines: list[Line] = Field(min_length=2)
    kind: Literal["manual", "recurring"]
    parent: "Journal | None" = None


class Account(BaseModel):
    """Holds others of its kind."""

    code: "Code"
    below: "list[Account]"


class Code(BaseModel):
    text: str = Field(pattern=r"^\d{3}$")


class Endless(BaseModel):
    """No example of it ends."""

    next: "Endless"


@dataclass
class Range:
    first: date
    last: date
    label: str = "all"


@pytest.mark.parametrize(
    "annotation",
    [
        str,
        int,
        bool,
        float,
        bytes,
        Decimal,
        UUID,
        date,
        datetime,
        None,
        Side,
        Line,
        Journal,
        Account,
        list[Account],
        Range,
        list[Journal],
        Sequence[int],
        set[str],
        dict[str, Any],
        Mapping[str, int],
        tuple[int, str],
        Line | None,
        Literal[3, 4],
        Annotated[int, Field(ge=5, lt=7)],
        Annotated[str, Field(pattern=r"^[A-Z]{3}$")],
        Annotated[list[int], Field(min_length=3)],
    ],
)
def test_an_example_is_what_its_annotation_accepts(annotation: Any):
    value = generate_fake(annotation)
    assert TypeAdapter(annotation).validate_python(value) == value


def test_an_example_of_a_model_is_that_model_with_every_nested_one():
    journal = generate_fake(Journal)
    assert isinstance(journal, Journal)
    assert len(journal.lines) >= 2
    assert all(isinstance(line, Line) for line in journal.lines)


@pytest.mark.parametrize("annotation", [Annotated[str, Field(pattern=r"^q{17}$")], object(), Endless])
def test_what_has_no_example_is_named(annotation: Any):
    with pytest.raises(MockUnavailable):
        generate_fake(annotation)
