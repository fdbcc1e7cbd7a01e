"""Which row class stands for which table of `ledgers`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ntro.subledger.row import Row

RowT = TypeVar("RowT", bound=Row)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


class TypeAlreadyRegisteredError(RuntimeError):
    """Another row class holds the name."""

    code = "subledger_type_taken"


class TypeNotRegisteredError(KeyError):
    """No row class has the name; import the module that registers it."""

    code = "subledger_type_unknown"


@dataclass(frozen=True, slots=True)
class RegisteredType:
    """A registered row class; `owner_runbook` is the slug of the bundle that brought it, `None` for the platform's."""

    name: str
    row_class: type[Row]
    owner_runbook: str | None

    @property
    def table(self) -> str:
        """The table, quoted as SQL needs it."""
        return f'ledgers."{self.name}"'


_types: dict[str, RegisteredType] = {}


def register_type(name: str, *, owner_runbook: str | None = None) -> Callable[[type[RowT]], type[RowT]]:
    """Registers the decorated row class for table `ledgers.<name>`; loading the same module again replaces it.

    A class that a runbook owns is also replaced by that of another version of the same bundle.

    Raises:
        ValueError: `name`, or a field of the class, is no plain lower-case identifier.
        TypeError: the class is no `Row`.
        TypeAlreadyRegisteredError: another class holds the name.
    """

    def register(row_class: type[RowT]) -> type[RowT]:
        if not (isinstance(row_class, type) and issubclass(row_class, Row)):
            raise TypeError(f"{row_class!r} is no Row; a subledger type derives from ntro.subledger.Row.")
        for identifier in (name, *row_class.model_fields):
            if not _NAME.fullmatch(identifier):
                raise ValueError(f"{identifier!r} cannot name a table or column; use lower case, digits and _.")
        known = _types.get(name)
        entry = RegisteredType(name, row_class, owner_runbook)
        if known is not None and _identity(known) != _identity(entry):
            holder = known.row_class
            raise TypeAlreadyRegisteredError(f"{name!r} is held by {holder.__module__}.{holder.__qualname__}.")
        _types[name] = entry
        return row_class

    return register


def lookup(name: str) -> RegisteredType:
    """The type of this name.

    Raises:
        TypeNotRegisteredError: there is none.
    """
    if name not in _types:
        known = ", ".join(sorted(_types))
        raise TypeNotRegisteredError(f"No subledger type is registered as {name!r}; registered are: {known}.")
    return _types[name]


def all_types() -> dict[str, RegisteredType]:
    """Every registered type by its name."""
    return dict(_types)


def _reset_for_tests() -> None:
    _types.clear()


def _identity(entry: RegisteredType) -> tuple[str, str, str | None]:
    module = entry.row_class.__module__
    if entry.owner_runbook is not None:
        # Each version of a bundle is loaded as a package of its own; what is below the package is the same.
        module = module.rpartition(".")[2]
    return module, entry.row_class.__qualname__, entry.owner_runbook
