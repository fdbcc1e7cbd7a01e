"""An amount with its currency."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow

from ntro.money._currencies import minor_units
from ntro.types.amounts import exact_text

_CODE = re.compile(r"[A-Z]{3}")
# Sums and products are exact or refused: no result is rounded unless a caller names how.
EXACT = Context(prec=120, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])


class CurrencyMismatchError(ValueError):
    """Two amounts of different currencies were added or compared. Convert one of them first."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency. Arithmetic is exact; only `quantized` rounds, and its mode is named there.

    Raises:
        TypeError: the amount is not a `Decimal`; floats and integers are not converted.
        ValueError: the amount is not finite or the currency is not three capital letters.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"the amount is a {type(self.amount).__name__}; give a Decimal made from text")
        if not self.amount.is_finite():
            raise ValueError("the amount is not a finite number")
        if not isinstance(self.currency, str) or not _CODE.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no currency code; give three capital letters such as GBP")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in `currency`."""
        return cls(Decimal(0), currency)

    @classmethod
    def total(cls, amounts: Iterable["Money"], currency: str) -> "Money":
        """The sum of `amounts`, all of `currency`; zero for none."""
        result = cls.zero(currency)
        for amount in amounts:
            result += amount
        return result

    def __add__(self, other: "Money") -> "Money":
        return Money(EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, bool) or not isinstance(factor, (Decimal, int)):
            raise TypeError(f"an amount is multiplied by a Decimal or an int, not by a {type(factor).__name__}")
        return Money(EXACT.multiply(self.amount, Decimal(factor)), self.currency)

    def __neg__(self) -> "Money":
        return Money(self.amount.copy_negate(), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return f"{exact_text(self.amount)} {self.currency}"

    def quantized(self, *, rounding: str) -> "Money":
        """This amount in whole minor units of its currency.

        Args:
            rounding: a mode of `decimal`, such as `decimal.ROUND_HALF_EVEN`.

        Raises:
            UnknownCurrencyError: the currency's minor units are not known.
        """
        exponent = Decimal(1).scaleb(-minor_units(self.currency))
        return Money(self.amount.quantize(exponent, rounding=rounding, context=Context(prec=120)), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money is combined with money, not with a {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatchError(f"{self.currency} and {other.currency} are not added or compared")
        return other.amount
