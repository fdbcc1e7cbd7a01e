"""SQL of subledger tables. Column names come from registered row classes, whose fields are checked identifiers."""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from ntro.data import DataPlane, json_text
from ntro.data._json import json_value
from ntro.subledger.row import DATABASE_TIMES, STANDARD_COLUMNS, Row
from ntro.subledger.status import SubledgerStatus

RowT = TypeVar("RowT", bound=Row)
INSERT_PARAMETERS = 30_000
"""Parameters of one insert; the protocol of PostgreSQL takes 32 767."""


def columns_of(row_class: type[Row]) -> list[str]:
    """The columns of a row class, the standard block first."""
    return [*STANDARD_COLUMNS, *(name for name in row_class.model_fields if name not in STANDARD_COLUMNS)]


def json_columns(row_class: type[Row]) -> frozenset[str]:
    """The columns that hold JSON: those of lists, dicts, tuples and models."""
    return frozenset(name for name, field in row_class.model_fields.items() if _is_json(field.annotation))


def build_insert_sql(table: str, columns: Iterable[str] | type[Row]) -> str:
    """An insert that leaves an existing row of the same id as it is; of a row class, with all its columns."""
    names = columns_of(columns) if isinstance(columns, type) else list(columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    places = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    return f"insert into {table} ({quoted}) values ({places}) on conflict (id) do nothing"


def build_many_insert_sql(table: str, columns: Sequence[str], rows: int) -> str:
    """As `build_insert_sql`, for several rows; those that bring no time of creation get times in their order."""
    timed = "created_at" not in columns
    quoted = ", ".join(f'"{name}"' for name in [*columns, *(["created_at"] if timed else [])])
    groups = []
    for row in range(rows):
        places = [f"${row * len(columns) + number}" for number in range(1, len(columns) + 1)]
        if timed:
            places.append(f"clock_timestamp() + interval '{row} microseconds'")
        groups.append(f"({', '.join(places)})")
    return f"insert into {table} ({quoted}) values {', '.join(groups)} on conflict (id) do nothing"


async def insert_row(db: DataPlane, table: str, row: Row) -> bool:
    """Inserts `row` and says whether it was new. The database sets its times unless the row was given them."""
    values = {name: getattr(row, name) for name in columns_of(type(row))}
    kept = {name: value for name, value in values.items() if name not in DATABASE_TIMES or name in row.model_fields_set}
    return await insert_row_dict(db, table, type(row), kept)


async def insert_row_dict(db: DataPlane, table: str, row_class: type[Row], row: Mapping[str, Any]) -> bool:
    """Inserts the columns in `row` without validating them and says whether the row was new."""
    encoded = json_columns(row_class)
    columns = [name for name in columns_of(row_class) if name in row]
    tag = await db.execute(
        build_insert_sql(table, columns), *(_bound(row[name], json=name in encoded) for name in columns)
    )
    return count_of(tag) == 1


async def insert_rows(db: DataPlane, table: str, rows: Sequence[Row]) -> int:
    """Inserts rows of one class, `INSERT_PARAMETERS` values to a statement at most, and returns how many were new."""
    if not rows:
        return 0
    row_class = type(rows[0])
    # Times that a row was given are kept, so its columns differ from those of a row that was given none.
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        given = tuple(
            name for name in columns_of(row_class) if name not in DATABASE_TIMES or name in row.model_fields_set
        )
        groups.setdefault(given, []).append(row)
    new = 0
    for columns, members in groups.items():
        step = INSERT_PARAMETERS // len(columns)
        for start in range(0, len(members), step):
            new += await _insert_group(db, table, columns, members[start : start + step])
    return new


async def _insert_group(db: DataPlane, table: str, columns: Sequence[str], rows: Sequence[Row]) -> int:
    encoded = json_columns(type(rows[0]))
    values = [_bound(getattr(row, name), json=name in encoded) for row in rows for name in columns]
    return count_of(await db.execute(build_many_insert_sql(table, columns, len(rows)), *values))


async def fetch_rows(
    db: DataPlane,
    table: str,
    row_class: type[RowT],
    *,
    entity_id: UUID,
    task_id: UUID | None = None,
    period: str | None = None,
    status: SubledgerStatus | str | None = None,
    ids: Sequence[UUID] | None = None,
) -> list[RowT]:
    """Rows of an entity as models, oldest first; the other arguments narrow them."""
    rows = await db.fetch(
        f"""select {", ".join(f'"{name}"' for name in columns_of(row_class))} from {table}
            where entity_id = $1 and ($2::uuid is null or task_id = $2) and ($3::text is null or period = $3)
              and ($4::text is null or status = $4) and ($5::uuid[] is null or id = any($5))
            order by created_at, id""",
        entity_id,
        task_id,
        period,
        None if status is None else str(status),
        ids,
    )
    encoded = json_columns(row_class)
    return [row_class.model_validate(_decoded(row, encoded)) for row in rows]


async def own_ids(db: DataPlane, table: str, *, ids: Sequence[UUID], entity_id: UUID, task_id: UUID) -> set[UUID]:
    """Those of `ids` that are rows of the entity and task."""
    rows = await db.fetch(
        f"select id from {table} where id = any($1) and entity_id = $2 and task_id = $3", ids, entity_id, task_id
    )
    return {row["id"] for row in rows}


async def update_status(
    db: DataPlane,
    table: str,
    *,
    ids: Sequence[UUID | str],
    new_status: SubledgerStatus,
    entity_id: UUID,
    task_id: UUID | None = None,
    from_statuses: Sequence[SubledgerStatus] | None = None,
    stamp: str | None = None,
) -> int:
    """Moves rows to `new_status` and returns how many moved; `stamp` names a column to set to the time."""
    stamped = f', "{stamp}" = now()' if stamp else ""
    tag = await db.execute(
        f"""update {table} set status = $1, updated_at = now(){stamped}
            where entity_id = $2 and id = any($3::uuid[]) and ($4::uuid is null or task_id = $4)
              and ($5::text[] is null or status = any($5))""",
        str(new_status),
        entity_id,
        [UUID(str(item)) for item in ids],
        task_id,
        None if from_statuses is None else [str(item) for item in from_statuses],
    )
    return count_of(tag)


async def clear_errors(
    db: DataPlane, table: str, *, ids: Sequence[UUID], entity_id: UUID, task_id: UUID | None = None
) -> int:
    """Moves rows from NEEDS_ATTENTION to PENDING without their errors; returns how many moved."""
    tag = await db.execute(
        f"""update {table} set status = 'PENDING', validation_errors = null, updated_at = now()
            where entity_id = $1 and id = any($2) and status = 'NEEDS_ATTENTION'
              and ($3::uuid is null or task_id = $3)""",
        entity_id,
        ids,
        task_id,
    )
    return count_of(tag)


async def mark_posted(
    db: DataPlane,
    table: str,
    *,
    gl_external_ids: Mapping[UUID, str],
    entity_id: UUID,
    task_id: UUID | None = None,
) -> int:
    """Moves approved rows to POSTED with their ledger references, in one statement; returns how many moved."""
    tag = await db.execute(
        f"""update {table} as kept
            set status = 'POSTED', posted_to_gl = true, posted_journal_ref = given.reference, updated_at = now()
            from unnest($1::uuid[], $2::text[]) as given (id, reference)
            where kept.id = given.id and kept.entity_id = $3 and kept.status = 'APPROVED'
              and ($4::uuid is null or kept.task_id = $4)""",
        list(gl_external_ids),
        list(gl_external_ids.values()),
        entity_id,
        task_id,
    )
    return count_of(tag)


async def update_row(
    db: DataPlane, table: str, row: Row, columns: Sequence[str], *, from_statuses: Sequence[SubledgerStatus]
) -> bool:
    """Writes `columns` of `row`; false where it has left `from_statuses` or was changed since it was read."""
    encoded = json_columns(type(row))
    assignments = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(columns, start=6))
    tag = await db.execute(
        f"""update {table} set {assignments}, updated_at = clock_timestamp()
            where id = $1 and entity_id = $2 and task_id = $3 and status = any($4) and updated_at = $5""",
        row.id,
        row.entity_id,
        row.task_id,
        [str(status) for status in from_statuses],
        row.updated_at,
        *(_bound(getattr(row, name), json=name in encoded) for name in columns),
    )
    return count_of(tag) == 1


def count_of(tag: str) -> int:
    """The number of rows in a status tag such as `UPDATE 5` or `INSERT 0 1`."""
    return int(tag.rsplit(" ", 1)[-1])


def _is_json(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in {Union, UnionType, Annotated}:
        return any(_is_json(item) for item in get_args(annotation))
    kind = origin or annotation
    return isinstance(kind, type) and issubclass(kind, (dict, list, tuple, set, frozenset, BaseModel))


def _bound(value: Any, *, json: bool) -> Any:
    if json and value is not None:
        return json_text(value)
    return value.value if isinstance(value, Enum) else value


def _decoded(row: Mapping[str, Any], encoded: frozenset[str]) -> dict[str, Any]:
    """A data plane without the JSON codec hands out text."""
    return {
        name: json_value(value) if name in encoded and isinstance(value, str) else value for name, value in row.items()
    }
