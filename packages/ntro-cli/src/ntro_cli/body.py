"""What a command sends: its options, on top of what `--json` says; checked against the same model as the server's."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

import pydantic
from pydantic.alias_generators import to_snake

from ntro.types.validation import in_words
from ntro_cli.errors import CommandError, UsageError
from ntro_cli.parameters import json_object

ModelT = TypeVar("ModelT", bound=pydantic.BaseModel)


def body_of(model: type[ModelT], text: str | None, given: Mapping[str, object]) -> ModelT:
    """The body that `--json` (its text) and options (by member, those that are None left out) make together.

    Members may be written as on the wire, in snake_case, or as the option is called. An option wins.

    Raises:
        UsageError: the text is no JSON object, names a member that there is not, or one that is needed is missing.
        CommandError: a member is not what it must be.
    """
    spellings = _spellings(model)
    members = {_member(key, spellings): value for key, value in (json_object(text, "--json") or {}).items()}
    members |= {name: value for name, value in given.items() if value is not None}
    try:
        return model.model_validate(members)
    except pydantic.ValidationError as error:
        missing = [str(problem["loc"][0]) for problem in error.errors() if problem["type"] == "missing"]
        if missing:
            options = ", ".join(option_of(name) for name in missing)
            raise UsageError(f"Missing: {options}.", hint="Give it, or name it in --json; see --help.") from error
        raise CommandError(f"{in_words(error)}.", code="invalid", hint="Nothing was sent.") from error


def sent(body: pydantic.BaseModel) -> dict[str, object]:
    """The body as it goes over the wire, by the names there; what is not given is left out."""
    members = body.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in members.items() if value not in ("", {})}


def option_of(member: str) -> str:
    """The option that gives a member: `dataPlatform` is `--data-platform`, `tenantId` is `--tenant`."""
    return "--" + to_snake(re.sub(r"(Id|_)$", "", member)).replace("_", "-")


def _spellings(model: type[pydantic.BaseModel]) -> dict[str, str]:
    """Every way to write a member, in snake_case, to its name."""
    found: dict[str, str] = {}
    for name in model.model_fields:
        for spelling in (name, name.rstrip("_"), option_of(name)[2:]):
            found[to_snake(spelling).replace("-", "_")] = name
    return found


def _member(key: str, spellings: Mapping[str, str]) -> str:
    plain = to_snake(key).replace("-", "_")
    if plain in spellings:
        return spellings[plain]
    near = get_close_matches(plain, spellings, n=1)
    known = ", ".join(sorted(set(spellings.values())))
    hint = f"Did you mean {spellings[near[0]]}?" if near else f"Known: {known}."
    raise UsageError(f"--json: there is no member {key}.", hint=hint)
