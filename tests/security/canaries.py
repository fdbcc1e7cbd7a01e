"""Texts and figures that exist nowhere else: planted in a tenant's data, looked for where they must not be."""

import random
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

_MARK = "Qzx"
_LETTERS = 12
_CANARY = re.compile(
    rf"{_MARK}[a-z]{{{_LETTERS}}}|[0-9]{{9}}\.[0-9]{{2}}|[0-9]{{3}},[0-9]{{3}},[0-9]{{3}}\.[0-9]{{2}}".encode(),
    re.IGNORECASE,
)


@dataclass(slots=True)
class Canaries:
    """Makes canaries and remembers them by where they were planted."""

    chance: random.Random
    planted: dict[str, str] = field(default_factory=dict)

    def word(self, where: str) -> str:
        """A fresh name."""
        return self._plant(_MARK + "".join(self.chance.choices(string.ascii_lowercase, k=_LETTERS)), where)

    def amount(self, where: str) -> Decimal:
        """A fresh amount with pence that nobody would choose."""
        pence = 10 * self.chance.randrange(10) + self.chance.randrange(1, 10)  # a last zero may be left out somewhere
        return Decimal(self._plant(f"{self.chance.randrange(10**8, 10**9)}.{pence:02d}", where))

    def _plant(self, text: str, where: str) -> str:
        assert text not in self.planted, "chance made the same canary twice"
        self.planted[text] = where
        return text


class Search:
    """Finds canaries, in any case and amounts also in groups of thousands, and other texts as they are."""

    def __init__(self, canaries: Iterable[str], others: Iterable[str] = ()) -> None:
        self._canaries = {text.lower(): text for text in canaries}
        self._others = [(text.encode(), text) for text in others]

    def __call__(self, content: bytes) -> set[str]:
        """What `content` holds."""
        found = {match.decode().lower().replace(",", "") for match in _CANARY.findall(content)}
        return {self._canaries[text] for text in found & self._canaries.keys()} | {
            text for needle, text in self._others if needle in content
        }
