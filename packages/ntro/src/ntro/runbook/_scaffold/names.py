"""Names in generated code."""

import builtins
import keyword
import re

from ntro.runbook._scaffold.errors import ScaffoldError

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_SLUG = 63
_TAKEN = frozenset({"activity", "run", "runbook", "timedelta", "document_submitted"})


def checked_slug(slug: str) -> str:
    """`slug`, where it is one.

    Raises:
        ScaffoldError: it is none.
    """
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug):
        raise ScaffoldError(
            "INVALID_SLUG",
            f"{slug!r} is no slug: at most {MAX_SLUG} lower-case letters, digits and single hyphens, a letter first, "
            "such as monthly-fees.",
        )
    return slug


def snake(slug: str) -> str:
    """`monthly-fees` as `monthly_fees`."""
    return slug.replace("-", "_")


def camel(slug: str) -> str:
    """`monthly-fees` as `MonthlyFees`."""
    return "".join(part.capitalize() for part in slug.split("-"))


def identifier(text: str) -> str:
    """A name for a function and a method made of `text`, which nothing else has."""
    from ntro.workflow import NtroWorkflow  # noqa: PLC0415 - the engine is loaded only where a runbook is made

    words = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    name = words if words[:1].isalpha() else f"step_{words}".rstrip("_")
    is_taken = name in _TAKEN or keyword.iskeyword(name) or hasattr(builtins, name) or hasattr(NtroWorkflow, name)
    return f"{name}_phase" if is_taken else name
