"""What a bundle says of itself: the YAML front matter of its `runbook.md`."""

from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

SKILL_FILES = ("runbook.md", "skill.md")
MAX_FRONT_MATTER = 200_000
_FENCE = "---"


class ManifestError(ValueError):
    """The front matter cannot be read; the message says where."""


class ManifestStep(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str
    label: str = ""
    title: str = ""
    description: str = ""
    component: str | None = None
    expectedDurationDays: int | None = None  # noqa: N815  # the name in the file


class ManifestTemplate(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    path: str
    description: str = ""
    language: str = "python"


class Manifest(BaseModel):
    """The front matter, with an empty text wherever the file says nothing."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str = ""
    slug: str = ""
    name: str = ""
    description: str = ""
    classification: str = ""
    tags: list[str] = Field(default_factory=list)
    jurisdictions: list[str] = Field(default_factory=list)
    version: str = ""
    state: str = "DRAFT"
    author: str = ""
    steps: list[ManifestStep] = Field(default_factory=list)
    templates: list[ManifestTemplate] = Field(default_factory=list)
    configSchema: dict[str, Any] | None = None  # noqa: N815  # the name in the file
    content: str = ""

    @field_validator("templates", mode="before")
    @classmethod
    def _paths(cls, value: Any) -> Any:
        """A template may be named by its path alone."""
        return (
            [{"path": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value
        )


def read_manifest(files: Mapping[str, str]) -> Manifest:
    """The manifest of a bundle; an empty one where it has no `runbook.md`.

    Raises:
        ManifestError: the front matter is not YAML or not of the expected shape.
    """
    name = next((name for name in SKILL_FILES if name in files), None)
    if name is None:
        return Manifest()
    head, body = _split(files[name])
    if len(head) > MAX_FRONT_MATTER:
        raise ManifestError(f"The front matter of {name} is too long.")
    try:
        found = yaml.load(head, _PlainLoader) or {}  # noqa: S506  # a safe loader, without aliases
    except (yaml.YAMLError, RecursionError) as error:
        raise ManifestError(f"The front matter of {name} is not valid YAML: {_first_line(error)}") from error
    if not isinstance(found, dict):
        raise ManifestError(f"The front matter of {name} is not a mapping.")
    schema = found.pop("config_schema", None) or found.pop("configSchema", None)
    try:
        return Manifest.model_validate(
            {str(key): value for key, value in found.items()} | {"configSchema": schema, "content": body}
        )
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ManifestError(f"The front matter of {name} is not valid at {where}: {problem['msg']}") from error


class _PlainLoader(yaml.SafeLoader):
    """Dates stay text, and an alias, which could unfold into gigabytes, is refused."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not taken here")
        return super().compose_node(parent, index)


_PlainLoader.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _split(text: str) -> tuple[str, str]:
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        return "", text
    for number, line in enumerate(lines[1:], 1):
        if line.strip() == _FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]).strip() + "\n"
    return "\n".join(lines[1:]), ""


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
