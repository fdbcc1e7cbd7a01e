"""What a review gate shows, taken from its payload and display hint. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ntro_tenant.core.views import GateView
from ntro_tenant.ui.suspension import Suspension, suspension_of
from ntro_tenant.ui.tables import Cell, Source, Table, cell_of, sources_of, table_of
from ntro_tenant.ui.values import holds_money, label_of, text_of

_CORRECTABLE_HINTS = frozenset({"review_expenses", "review_extraction", "review_journals"})
_NOT_FACTS = frozenset({"summary", "document_ref", "filename", "schema_slug", "feedback"})
_FAILED_FIRST = ("fail", "warn", "running", "skipped", "pass")
_QUIET = frozenset({"pass", "skipped"})
_WORDS = frozenset({"status", "rejected_at"})


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value of the document or of the run."""

    key: str
    label: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Check:
    """A check's outcome: `pass`, `warn`, `fail`, `skipped` or `running`."""

    title: str
    status: str
    detail: str


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that who read the document wants a person to look at."""

    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything a reviewer sees at one gate, in the order in which it is shown."""

    summary: str
    document: Source | None
    issues: tuple[Issue, ...]
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    checks: tuple[Check, ...]
    correctable: bool
    suspended: Suspension | None

    @property
    def passed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status == "pass")

    @property
    def to_look_at(self) -> tuple[Check, ...]:
        """The checks that a person must look at, the failed ones first."""
        return tuple(check for check in self.checks if check.status not in _QUIET)

    @property
    def quiet(self) -> tuple[Check, ...]:
        """The checks that passed or had nothing to check."""
        return tuple(check for check in self.checks if check.status in _QUIET)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every value that a person may correct."""
        own = [fact.cell for fact in self.facts]
        return tuple(cell for cell in (*own, *(cell for table in self.tables for cell in table.cells)) if cell.input)


def review_of(gate: GateView) -> Review:
    """The review that `gate` asks for."""
    payload = gate.payload if isinstance(gate.payload, dict) else {}
    config = config_of(gate)
    correctable = config.get("type") in _CORRECTABLE_HINTS
    reference = payload.get("document_ref") or config.get("document_ref")
    return Review(
        summary=str(payload.get("summary") or ""),
        document=Source(str(reference), str(payload.get("filename") or "the document")) if reference else None,
        issues=tuple(_issue(item) for item in _list(payload.get("issues"))),
        facts=_facts(payload, correctable=correctable),
        tables=tuple(table_of(payload, dataset, correctable=correctable) for dataset in _datasets(config, payload)),
        checks=_checks(gate, payload),
        correctable=correctable,
        suspended=suspension_of(config),
    )


def facts_of(result: Any) -> tuple[Fact, ...]:
    """The plain values of a run's result."""
    if not isinstance(result, dict):
        return ()
    told = {key: label_of(str(value)) if key in _WORDS and value else value for key, value in result.items()}
    return _facts(told, correctable=False)


def files_of(result: Any) -> tuple[Source, ...]:
    """The documents that a run's result hands out."""
    values = result.values() if isinstance(result, dict) else ()
    return tuple(source for value in values if isinstance(value, list) for source in sources_of(value))


def config_of(gate: GateView) -> dict[str, Any]:
    """The settings of the gate's component."""
    found = gate.display_hint.get("config")
    return found if isinstance(found, dict) else {}


def _datasets(config: Mapping[str, Any], payload: dict[str, Any]) -> list[dict[str, Any]]:
    given = config.get("datasets")
    named = given if isinstance(given, list) else [{"data_key": key} for key in payload]
    return [
        item
        for item in named
        if isinstance(item, dict)
        and item.get("data_key") not in {"issues", "checks"}
        and any(isinstance(row, dict) for row in _list(payload.get(str(item.get("data_key")))))
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _issue(item: Any) -> Issue:
    if not isinstance(item, dict):
        return Issue(text_of(item), "")
    return Issue(str(item.get("message") or item.get("code") or "Something to look at"), text_of(item.get("where")))


def _facts(payload: dict[str, Any], *, correctable: bool) -> tuple[Fact, ...]:
    fields = payload.get("fields")
    own = fields if isinstance(fields, dict) else {}
    plain = {key: value for key, value in payload.items() if key not in _NOT_FACTS and value not in (None, "")}
    return (*_named(plain), *_named(own, correctable=correctable))


def _named(values: Mapping[str, Any], *, correctable: bool = False) -> list[Fact]:
    return [
        Fact(key, label_of(key), cell_of(key, value, f"field:{key}" if correctable else None, money=holds_money(key)))
        for key, value in values.items()
        if not isinstance(value, dict | list)
    ]


def _checks(gate: GateView, payload: dict[str, Any]) -> tuple[Check, ...]:
    given = gate.checks if isinstance(gate.checks, dict) else payload.get("checks")
    items = given.get("items") if isinstance(given, dict) else given
    found = [_check(item) for item in _list(items) if isinstance(item, dict)]
    return tuple(sorted(found, key=lambda check: _FAILED_FIRST.index(check.status)))


def _check(item: dict[str, Any]) -> Check:
    status = str(item.get("status"))
    return Check(
        title=str(item.get("title") or label_of(str(item.get("id") or "check"))),
        status=status if status in _FAILED_FIRST else "skipped",
        detail=str(item.get("detail") or ""),
    )
