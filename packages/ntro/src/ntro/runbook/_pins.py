"""The distributions that a bundle pins in its `requirements.txt`, and the modules that they bring."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Pins:
    """Names of pinned distributions, normalised."""

    names: frozenset[str] = field(default_factory=frozenset)

    def bring(self, module: str) -> bool:
        """Whether a top-level module comes from one of them."""
        return bool(self.names & {normalised(module), *_distributions_of(module)})


def read_pins(folder: Path) -> Pins:
    """The pins of the bundle; none without the file."""
    try:
        text = (folder / "requirements.txt").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Pins()
    found = (_NAME.match(line.strip()) for line in text.splitlines())
    return Pins(frozenset(normalised(match.group()) for match in found if match))


def normalised(name: str) -> str:
    """A distribution's name in its one spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _distributions() -> dict[str, frozenset[str]]:
    return {module: frozenset(normalised(name) for name in names) for module, names in packages_distributions().items()}


def _distributions_of(module: str) -> frozenset[str]:
    return _distributions().get(module, frozenset())
