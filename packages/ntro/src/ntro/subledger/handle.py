"""A handle to one subledger of one entity and task."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from ntro.data import DataPlane, get_data_plane, stable_id
from ntro.data._identity import running_workflow_id
from ntro.subledger import persistence
from ntro.subledger.changes import RowChange, acting_as, changes_of_row
from ntro.subledger.registry import RegisteredType, lookup
from ntro.subledger.row import STANDARD_COLUMNS, Row
from ntro.subledger.status import IllegalTransitionError, SubledgerStatus, sources_of

_EDITABLE = (SubledgerStatus.NEEDS_ATTENTION, SubledgerStatus.PENDING)


def open(  # noqa: A001  # the contract's name
    *,
    name: str,
    entity_id: UUID,
    task_id: UUID,
    tenant_slug: str | None = None,
    db: DataPlane | None = None,
    actor: str | None = None,
) -> "SubledgerHandle":
    """A handle to subledger `name`; the database is reached at the first call that needs it.

    Args:
        name: a registered type.
        entity_id: the entity whose rows they are.
        task_id: the task whose rows they are.
        tenant_slug: the tenant, where no `db` is given.
        db: the data plane to use, perhaps bound to a transaction.
        actor: on whose behalf rows are changed, for their history; the run, inside an activity.

    Raises:
        TypeNotRegisteredError: no type is registered as `name`.
    """
    return SubledgerHandle(lookup(name), entity_id, task_id, tenant_slug=tenant_slug, db=db, actor=actor)


class SubledgerHandle:
    """Rows of one subledger, bound to one entity and one task: no call reads or changes others."""

    def __init__(
        self,
        registered: RegisteredType,
        entity_id: UUID,
        task_id: UUID,
        *,
        tenant_slug: str | None = None,
        db: DataPlane | None = None,
        actor: str | None = None,
    ) -> None:
        self._type = registered
        self._entity_id = entity_id
        self._task_id = task_id
        self._tenant_slug = tenant_slug
        self._db = db
        self._actor = actor

    @property
    def name(self) -> str:
        return self._type.name

    @property
    def table(self) -> str:
        return f"ledgers.{self._type.name}"

    @property
    def entity_id(self) -> UUID:
        return self._entity_id

    @property
    def task_id(self) -> UUID:
        return self._task_id

    def row(self, **fields: Any) -> Row:
        """A row of this entity and task; inside an activity a retry makes it with the same id.

        Raises:
            ValidationError: of pydantic; a field does not fit the type.
        """
        bound = {"entity_id": self._entity_id, "task_id": self._task_id, **fields}
        bound.setdefault("id", self._new_id(fields.get("period"), fields.get("source_ref")))
        return self._type.row_class.model_validate(bound)

    async def insert(self, row: Row) -> None:
        """Stores `row`; one that is stored already stays as it is, so that a retry changes nothing.

        Raises:
            TypeError: the row is of another class.
            ValueError: the row is of another entity or task, or its id is that of such a row.
        """
        self._refuse_misfit(row)
        async with self._writing() as db:
            if not await persistence.insert_row(db, self._type.table, row):
                await self._refuse_foreign(db, [row.id])

    async def insert_many(self, rows: Sequence[Row]) -> int:
        """Stores `rows` together and returns how many were new; those stored already stay as they are.

        Raises:
            TypeError: a row is of another class; none is stored.
            ValueError: a row is of another entity or task, or its id is that of such a row; none is stored.
        """
        for row in rows:
            self._refuse_misfit(row)
        async with (await self._plane()).transaction() as together, self._writing(together) as db:
            new = await persistence.insert_rows(db, self._type.table, rows)
            if new < len(rows):
                await self._refuse_foreign(db, [row.id for row in rows])
        return new

    async def insert_needs_attention(
        self,
        *,
        period: str,
        raw_payload: dict[str, Any],
        validation_errors: list[dict[str, Any]],
        source_ref: str | None = None,
        type_specific_fields: Mapping[str, Any] | None = None,
    ) -> UUID:
        """Stores what could not be made a valid row, for a person to complete, and returns its id."""
        row_id = self._new_id(period, source_ref)
        values: dict[str, Any] = {
            name: field.get_default(call_default_factory=True)
            for name, field in self._type.row_class.model_fields.items()
            if name not in STANDARD_COLUMNS and not field.is_required()
        }
        own = {name for name in self._type.row_class.model_fields if name not in STANDARD_COLUMNS}
        values |= {name: value for name, value in (type_specific_fields or {}).items() if name in own}
        values |= {
            "id": row_id,
            "entity_id": self._entity_id,
            "period": period,
            "task_id": self._task_id,
            "status": SubledgerStatus.NEEDS_ATTENTION,
            "source_ref": source_ref,
            "validation_errors": validation_errors,
            "raw_payload": raw_payload,
        }
        async with self._writing() as db:
            if not await persistence.insert_row_dict(db, self._type.table, self._type.row_class, values):
                await self._refuse_foreign(db, [row_id])
        return row_id

    async def query(self, *, period: str | None = None, status: SubledgerStatus | str | None = None) -> list[Row]:
        """The rows of this entity and task, oldest first."""
        return await self._rows(period=period, status=status)

    async def mark_pending(self, *, ids: Sequence[UUID | str]) -> int:
        """Lets rows that needed attention wait for approval, their errors cleared; returns how many.

        Raises:
            ValidationError: of pydantic; a row breaks a rule of its type still, and none is moved.
        """
        wanted = [UUID(str(item)) for item in ids]
        for row in await self._rows(ids=wanted, status=SubledgerStatus.NEEDS_ATTENTION):
            self._type.row_class.model_validate(row.model_dump() | {"status": SubledgerStatus.PENDING})
        async with self._writing() as db:
            return await persistence.clear_errors(
                db, self._type.table, ids=wanted, entity_id=self._entity_id, task_id=self._task_id
            )

    async def mark_approved(self, *, ids: Sequence[UUID | str]) -> int:
        """Approves pending rows, with the time, and returns how many.

        Raises:
            ValidationError: of pydantic; a row breaks a rule that its type has for approved rows, and none is approved.
        """
        for row in await self._rows(ids=[UUID(str(item)) for item in ids], status=SubledgerStatus.PENDING):
            self._type.row_class.model_validate(row.model_dump() | {"status": SubledgerStatus.APPROVED})
        stamp = "approved_at" if "approved_at" in self._type.row_class.model_fields else None
        return await self._move(ids, SubledgerStatus.APPROVED, stamp)

    async def mark_rejected(self, *, ids: Sequence[UUID | str]) -> int:
        """Rejects rows that are neither posted nor closed and returns how many."""
        return await self._move(ids, SubledgerStatus.REJECTED)

    async def mark_posted(self, *, gl_external_ids: Mapping[UUID, str] | Mapping[str, str]) -> int:
        """Notes where approved rows were posted (row id to reference) and returns how many; again returns 0."""
        async with self._writing() as db:
            return await persistence.mark_posted(
                db,
                self._type.table,
                gl_external_ids={UUID(str(row_id)): reference for row_id, reference in gl_external_ids.items()},
                entity_id=self._entity_id,
                task_id=self._task_id,
            )

    async def update_fields(self, row_id: UUID | str, changes: Mapping[str, Any]) -> Row:
        """Changes fields of a row that is not decided yet and returns it; values are coerced to their types.

        Raises:
            ValueError: there is no such row here or no such field, or the result breaks a rule of its type.
            IllegalTransitionError: the row is approved or closed, or was changed by another at the same time.
        """
        wrong = sorted(set(changes) - (set(self._type.row_class.model_fields) - set(STANDARD_COLUMNS)))
        if wrong or not changes:
            raise ValueError(f"Fields of {self.name} that cannot be changed: {', '.join(wrong) or 'none was given'}.")
        rows = await self._rows(ids=[UUID(str(row_id))])
        if not rows:
            raise ValueError(f"{self.name} has no row {row_id} of this entity and task.")
        if rows[0].status not in _EDITABLE:
            raise IllegalTransitionError(f"Row {row_id} is {rows[0].status}; only undecided rows can be changed.")
        changed = self._type.row_class.model_validate(rows[0].model_dump() | dict(changes))
        async with self._writing() as db:
            written = await persistence.update_row(
                db, self._type.table, changed, list(changes), from_statuses=_EDITABLE
            )
        if not written:
            raise IllegalTransitionError(f"Row {row_id} was changed or decided meanwhile; read it again.")
        return changed

    async def history(self, row_id: UUID | str) -> list[RowChange]:
        """Every change of a row of this entity and task, the first first, whoever made it and by whatever means."""
        return await changes_of_row(
            await self._plane(),
            ledger=self.name,
            row_id=UUID(str(row_id)),
            entity_id=self._entity_id,
            task_id=self._task_id,
        )

    async def _rows(self, **narrowed: Any) -> list[Row]:
        return await persistence.fetch_rows(
            await self._plane(),
            self._type.table,
            self._type.row_class,
            entity_id=self._entity_id,
            task_id=self._task_id,
            **narrowed,
        )

    async def _move(self, ids: Sequence[UUID | str], status: SubledgerStatus, stamp: str | None = None) -> int:
        async with self._writing() as db:
            return await persistence.update_status(
                db,
                self._type.table,
                ids=ids,
                new_status=status,
                entity_id=self._entity_id,
                task_id=self._task_id,
                from_statuses=sources_of(status),
                stamp=stamp,
            )

    def _new_id(self, period: Any, source_ref: Any) -> UUID:
        return stable_id(f"ledgers.{self.name}", self._entity_id, self._task_id, period, source_ref)

    def _refuse_misfit(self, row: Row) -> None:
        if not isinstance(row, self._type.row_class):
            raise TypeError(f"{self.name} holds {self._type.row_class.__name__}, not {type(row).__name__}.")
        if (row.entity_id, row.task_id) != (self._entity_id, self._task_id):
            raise ValueError(f"Row {row.id} is of another entity or task than this handle.")

    async def _refuse_foreign(self, db: DataPlane, row_ids: Sequence[UUID]) -> None:
        own = await persistence.own_ids(
            db, self._type.table, ids=row_ids, entity_id=self._entity_id, task_id=self._task_id
        )
        if foreign := [str(row_id) for row_id in row_ids if row_id not in own]:
            raise ValueError(f"Ids of rows of another entity or task: {', '.join(foreign)}.")

    @asynccontextmanager
    async def _writing(self, db: DataPlane | None = None) -> AsyncIterator[DataPlane]:
        """The data plane, with whoever changes rows named for their history where that is known."""
        plane = db or await self._plane()
        run = running_workflow_id()
        actor = self._actor or (None if run is None else f"run:{run}")
        if actor is None:
            yield plane
            return
        async with acting_as(plane, actor, over=self._actor is not None) as bound:
            yield bound

    async def _plane(self) -> DataPlane:
        if self._db is None:
            if not self._tenant_slug:
                raise RuntimeError("The subledger has no database; open it with tenant_slug or db.")
            self._db = await get_data_plane(self._tenant_slug)
        return self._db
