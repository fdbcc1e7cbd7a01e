"""Checks that are code: the built-in ones and those that a runbook registers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Finding:
    """What an evaluator found. `data` holds the figures that it compared, amounts as decimal text.

    `confidence` is from 0 to 1: code is certain; None where nothing was evaluated.
    """

    status: Literal["pass", "warn", "fail", "skipped"]
    detail: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    confidence: float | None = 1.0


Evaluator = Callable[[Mapping[str, Any], Mapping[str, Any] | None], Finding]
"""Takes what was submitted and the baseline, if there is one. An error that it raises is a failed check."""

_BUILT_IN_MODULE = "ntro.capabilities.checks._books"
_BUILT_IN = ("journal_balanced", "closing_tb_balanced", "bank_reconciles", "bank_vs_rentroll_reconciles")

_evaluators: dict[str, Evaluator] = {}
_types: dict[str, type[BaseModel]] = {}


def register_evaluator(check_id: str, evaluator: Evaluator) -> None:
    """Let `evaluator` answer checks `check_id` of kind `code` in this process; the last registration wins.

    Call it where the worker imports it: in a runbook's `activities.py`.

    Raises:
        ValueError: the id is empty.
        TypeError: the evaluator cannot be called.
    """
    if not check_id:
        raise ValueError("an evaluator needs the id of the checks that it answers")
    if not callable(evaluator):
        raise TypeError(f"the evaluator of {check_id} is a {type(evaluator).__name__}, not a function")
    _evaluators[check_id] = evaluator


def register_type(check_id: str, model: type[BaseModel]) -> None:
    """Let checks `check_id` of kind `types` ask whether the value fits `model`; the last registration wins.

    The value is what was submitted under the check's `source`, else all that was submitted.
    """
    if not check_id:
        raise ValueError("a type needs the id of the checks that it answers")
    _types[check_id] = model


def evaluator_of(check_id: str) -> Evaluator | None:
    """The registered or built-in evaluator."""
    if check_id not in _evaluators and check_id in _BUILT_IN:
        # The accounting behind them is loaded when one is used.
        found: Evaluator = getattr(import_module(_BUILT_IN_MODULE), check_id)
        return found
    return _evaluators.get(check_id)


def type_of(check_id: str) -> type[BaseModel] | None:
    """The registered type."""
    return _types.get(check_id)
