"""The one JSON object in a model's answer, exact: numbers with a point stay text."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from ntro.capabilities.ai.errors import UnreadableAnswerError

MAX_ANSWER_CHARACTERS = 1_000_000
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL | re.IGNORECASE)
_LARGEST_EXPONENT = 40  # a number written 1e999999 would take a million digits to spell


def read_answer(text: str) -> Any:
    """The JSON value that an answer holds: alone, in its one fenced block, or with words around it.

    Nothing is guessed: an answer that was cut off, or that holds two values, is no answer.

    Raises:
        UnreadableAnswerError: there is no such value.
    """
    if len(text) > MAX_ANSWER_CHARACTERS:
        raise UnreadableAnswerError(f"The model's answer has more than {MAX_ANSWER_CHARACTERS} characters.")
    problem = "it holds no JSON object"
    for candidate in _candidates(text.strip()):
        try:
            return json.loads(
                candidate, parse_float=_decimal_text, parse_constant=_refuse, object_pairs_hook=_unambiguous
            )
        except (ValueError, RecursionError) as error:
            problem = str(error)
    raise UnreadableAnswerError(f"The model's answer of {len(text)} characters cannot be read: {problem}.")


def _candidates(text: str) -> Iterator[str]:
    if text[:1] in {"{", "["}:
        yield text
    fenced = _FENCED.findall(text)
    if len(fenced) == 1:
        yield fenced[0].strip()
    starts = {opening: at for opening in "{[" if (at := text.find(opening)) >= 0}
    if starts:
        opening = min(starts, key=starts.__getitem__)
        yield text[starts[opening] : text.rfind("}" if opening == "{" else "]") + 1]


def _decimal_text(written: str) -> str:
    """Plain digits, with the decimals that were written."""
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise ValueError(f"{written[:40]} is no number") from None
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"the number {written[:40]} is too large or too small")
    return format(number, "f")


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
