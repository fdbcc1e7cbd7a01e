"""Boundary types: what comes in as text leaves typed."""

from ntro.types.accounting import Period
from ntro.types.amounts import ExactAmount, MoneyAmount
from ntro.types.currencies import CurrencyCode
from ntro.types.dates import ForgivingDate, StrictDate

__all__ = ["CurrencyCode", "ExactAmount", "ForgivingDate", "MoneyAmount", "Period", "StrictDate"]
