"""What a review page needs to show rows of a subledger: columns from the row class, and the table around them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from ntro.subledger.row import STANDARD_COLUMNS, Row

DEFAULT_ACTIONS: tuple[dict[str, str], ...] = (
    {"id": "approve", "label": "Approve", "kind": "primary"},
    {"id": "reject_selected", "label": "Reject selected", "kind": "danger"},
)
_FIXED = {*STANDARD_COLUMNS, "source_document_id", "event_id", "approved_at", "posted_to_gl", "posted_journal_ref"}
_MONEY_WORDS = ("rent", "amount", "balance", "total", "revenue", "price", "cost")
_FROM_ROW = "<from the row class>"


def columns_for(
    row_class: type[Row],
    *,
    include_standard: bool = False,
    include: Sequence[str] | None = None,
    exclude: Iterable[str] = (),
    currency_key: str | None = _FROM_ROW,
) -> list[dict[str, Any]]:
    """Columns of a row class: `key`, `label`, `type`, `editable`, and for amounts `currencyKey`.

    Args:
        row_class: the row class.
        include_standard: show the standard block too.
        include: the fields to show, in this order; all of them without it.
        exclude: fields to leave out.
        currency_key: the field that holds the currency of amounts; `currency` or `currency_code` by default.
    """
    if currency_key == _FROM_ROW:
        currency_key = next((name for name in ("currency", "currency_code") if name in row_class.model_fields), None)
    skipped = set(exclude)
    names = include if include is not None else list(row_class.model_fields)
    shown = [
        name
        for name in names
        if name in row_class.model_fields
        and name not in skipped
        and (include_standard or include is not None or name not in STANDARD_COLUMNS)
    ]
    return [_column(row_class, name, currency_key) for name in shown]


def data_table_config(
    row_class: type[Row],
    *,
    title: str | None = None,
    columns: list[dict[str, Any]] | None = None,
    actions: Sequence[Mapping[str, Any]] | None = None,
    editable_overrides: Mapping[str, bool] | None = None,
    include_standard: bool = False,
) -> dict[str, Any]:
    """The `config` of a `DATA_TABLE` gate: one dataset of the rows, its columns also at the top, and the actions."""
    shown = columns if columns is not None else columns_for(row_class, include_standard=include_standard)
    overrides = editable_overrides or {}
    shown = [{**column, "editable": overrides.get(column["key"], column.get("editable", False))} for column in shown]
    key = row_class.__name__.lower()
    config: dict[str, Any] = {
        "row_type": row_class.__name__,
        "columns": shown,
        "datasets": [{"key": key, "label": title or row_class.__name__, "data_key": "rows", "columns": shown}],
        "actions": [dict(action) for action in (actions if actions is not None else DEFAULT_ACTIONS)],
    }
    return config | ({"title": title} if title else {})


def _column(row_class: type[Row], name: str, currency_key: str | None) -> dict[str, Any]:
    kind = _kind(name, row_class.model_fields[name].annotation)
    column: dict[str, Any] = {
        "key": name,
        "label": name.replace("_", " ").title(),
        "type": kind,
        "editable": name not in _FIXED,
    }
    return column | ({"currencyKey": currency_key} if kind == "currency" and currency_key else {})


def _kind(name: str, annotation: Any) -> str:
    if name == "is_debit":
        return "dr_cr"
    if name.startswith(("is_", "has_")):
        return "boolean"
    if any(word in name for word in _MONEY_WORDS):
        return "currency"
    if "date" in name or name.endswith("_at"):
        return "date"
    types = set(_plain_types(annotation))
    if bool in types:
        return "boolean"
    return "number" if types & {Decimal, float, int} else "text"


def _plain_types(annotation: Any) -> Iterable[Any]:
    if get_origin(annotation) in {Union, UnionType}:
        for item in get_args(annotation):
            yield from _plain_types(item)
    elif get_origin(annotation) is Annotated:
        yield from _plain_types(get_args(annotation)[0])
    else:
        yield annotation
