"""Arithmetic of the books: sums are exact or refused, and what must be rounded is rounded once, by a named rule."""

from collections.abc import Iterable
from decimal import ROUND_05UP, Context, Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator

from ntro.money import EXACT, ExactAmount, parse_amount

ZERO = Decimal(0)
Rounding = Literal["ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_DOWN"]
"""How a figure that does not fit its places is rounded; always named by the caller."""

# Wide enough for any ledger; ROUND_05UP keeps the last digit telling, so that rounding again is rounding once.
_WIDE = Context(prec=120, rounding=ROUND_05UP)


def exact_amount(value: object, what: str = "the amount") -> Decimal:
    """`value` as an exact decimal: a `Decimal`, an `int`, or text as people write amounts.

    Raises:
        ValueError: it is a float, not finite, blank, or text without exactly one reading; the message names `what`.
    """
    match value:
        case Decimal() if value.is_finite():
            return value
        case bool():
            pass
        case int():
            return Decimal(value)
        case str():
            try:
                return parse_amount(value)
            except ValueError as error:
                raise ValueError(f"{what} cannot be read: {error}") from error
        case _:
            pass
    raise ValueError(f"{what} is {value!r}, which is not an exact amount; give a decimal or text.")


def _not_negative(amount: Decimal) -> Decimal:
    if amount < 0:
        raise ValueError("the amount is negative; enter it on the other side")
    return amount


UnsignedAmount = Annotated[ExactAmount, AfterValidator(_not_negative)]
"""An exact amount of zero or more."""


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum of `amounts`; zero for none."""
    result = ZERO
    for amount in amounts:
        result = EXACT.add(result, amount)
    return result


def difference(amount: Decimal, less: Decimal) -> Decimal:
    """`amount` minus `less`, exactly."""
    return EXACT.subtract(amount, less)


def round_amount(amount: Decimal, *, places: int, rounding: Rounding) -> Decimal:
    """`amount` with exactly `places` digits after the point."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=_WIDE)


def ratio(amount: Decimal, divisor: Decimal, *, places: int, rounding: Rounding) -> Decimal:
    """`amount` divided by `divisor`, rounded once to `places`.

    Raises:
        ValueError: `divisor` is zero.
    """
    if divisor == 0:
        raise ValueError("An amount cannot be divided by zero.")
    return round_amount(_WIDE.divide(amount, divisor), places=places, rounding=rounding)


def share_of(amount: Decimal, rate: Decimal, *, places: int, rounding: Rounding) -> Decimal:
    """`amount` times `rate`, rounded once to `places`."""
    return round_amount(_WIDE.multiply(amount, rate), places=places, rounding=rounding)
