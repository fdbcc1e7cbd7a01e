"""What the authoring tools answer."""
# ruff: noqa: N815 - attribute names are the names on the wire

from typing import Any, Literal

from pydantic import BaseModel


class Issue(BaseModel):
    """One thing that is wrong; `path` is inside the bundle, with a line where there is one."""

    code: str
    message: str
    path: str | None = None


class Validated(BaseModel):
    """Whether a runbook is fit to be deployed; warnings do not keep it from that."""

    ok: bool
    errors: list[Issue]
    warnings: list[Issue]


class Rehearsed(BaseModel):
    """The outcome of each scenario: status, steps and gates as they came, the result or what failed."""

    ok: bool
    passed: int
    failed: int
    scenarios: list[dict[str, Any]]


class Planned(BaseModel):
    """What a deployment would move. Nothing has been changed.

    `following` workflows take the new version with their next run; `staying` ones are pinned. `warning` says why the
    deployment would be refused as it is.
    """

    slug: str
    version: str
    knownVersion: str | None
    added: list[str]
    changed: list[str]
    removed: list[str]
    following: list[str]
    staying: list[str]
    warning: str | None = None


class RunbookSent(BaseModel):
    """A deployment. While it is pending call again with the same arguments after `pollAfterMs`: it is joined."""

    state: Literal["deployed", "pending"]
    slug: str
    version: str
    tenant: str
    warnings: list[str]
    pollAfterMs: int | None = None
    nextStep: str
