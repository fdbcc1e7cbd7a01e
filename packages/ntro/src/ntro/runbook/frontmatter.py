"""The front matter of `runbook.md`: YAML between two lines of three dashes, at the top of the file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FENCE = "---"


class FrontMatterError(ValueError):
    """The front matter is missing or unreadable. `code` is one of the codes of runbook validation."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class RunbookDocument:
    """A `runbook.md`: the mapping at its top and the text below."""

    fields: dict[str, Any]
    body: str


def read_frontmatter(path: Path) -> RunbookDocument:
    """Read the file at `path`.

    Raises:
        FrontMatterError: there is no file, no front matter, or it is no YAML mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FrontMatterError(
            "RUNBOOK_MD_MISSING", f"{path} does not exist; a runbook describes itself there"
        ) from None
    except UnicodeDecodeError as error:
        raise FrontMatterError("FRONTMATTER_PARSE_ERROR", f"{path} is not UTF-8 text: {error}") from error
    return parse_frontmatter(text, where=str(path))


def parse_frontmatter(text: str, *, where: str = "runbook.md") -> RunbookDocument:
    """Read `text`; `where` names it in errors.

    Raises:
        FrontMatterError: there is no front matter, or it is no YAML mapping.
    """
    import yaml  # noqa: PLC0415 - slow to load, and commands that only may read a description import this module

    lines = text.removeprefix("\ufeff").splitlines(keepends=True)
    fences = [number for number, line in enumerate(lines) if line.rstrip() == _FENCE]
    if len(fences) < 2 or fences[0] != 0:
        raise FrontMatterError("FRONTMATTER_MISSING", f"{where} does not begin with front matter between lines of ---")
    try:
        fields = yaml.safe_load("".join(lines[1 : fences[1]]))
    except yaml.YAMLError as error:
        raise FrontMatterError("FRONTMATTER_PARSE_ERROR", f"{where}: the front matter is no YAML: {error}") from error
    if not isinstance(fields, dict):
        raise FrontMatterError("FRONTMATTER_NOT_MAPPING", f"{where}: the front matter is no mapping of keys to values")
    return RunbookDocument(fields=fields, body="".join(lines[fences[1] + 1 :]))
