"""Exact amounts with their currency."""

from ntro.money._currencies import UnknownCurrencyError, is_known_currency, minor_units
from ntro.money._money import EXACT, CurrencyMismatchError, Money
from ntro.money._parse import AmountError, infer_decimal_mark, parse_amount
from ntro.types.amounts import ExactAmount, exact_text

__all__ = [
    "EXACT",
    "AmountError",
    "CurrencyMismatchError",
    "ExactAmount",
    "Money",
    "UnknownCurrencyError",
    "exact_text",
    "infer_decimal_mark",
    "is_known_currency",
    "minor_units",
    "parse_amount",
]
