"""What a reader gives back: typed content, what a person must look at, and where it came from."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from ntro.types.amounts import exact_text

Kind = Literal["bank_statement", "invoice", "trial_balance", "rent_roll", "loan_agreement"]
Json = dict[str, object]
"""A JSON object: strings, integers, booleans, `None`, lists and objects. Amounts are strings, never floats."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that a person must look at. `where` is a line, cell, page or element of the file."""

    code: str
    message: str
    where: str | None = None

    def as_json(self) -> Json:
        """`{"code", "message", "where"}`."""
        return {"code": self.code, "message": self.message, "where": self.where}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which bytes were read, and by which reader."""

    filename: str
    sha256: str
    size_bytes: int
    format: str
    reader: str
    reader_version: str

    def as_json(self) -> Json:
        """The same as a JSON object."""
        return {
            "filename": self.filename,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "format": self.format,
            "reader": self.reader,
            "reader_version": self.reader_version,
        }


@dataclass(frozen=True, slots=True)
class Extraction:
    """A content as the review and the commit of a document see it: single fields, rows with stable ids, a sentence."""

    fields: Json
    line_items: list[Json]
    summary: str


class Content(Protocol):
    """What one kind of document holds."""

    @property
    def kind(self) -> Kind:
        """The kind of document."""

    def as_json(self) -> Json:
        """The content under the keys of its kind."""

    def as_extraction(self) -> Extraction:
        """The content as fields and rows."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader makes of bytes, before it is known which schema was asked for."""

    content: Content
    format: str
    reader: str
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """One document, read."""

    content: Content
    issues: tuple[Issue, ...]
    provenance: Provenance
    schema_slug: str

    @property
    def kind(self) -> Kind:
        """The kind of document, found in its content."""
        return self.content.kind

    def as_json(self) -> Json:
        """The reading as `ntro document read` prints it: `kind`, the content's keys, `issues`, `provenance`."""
        return {
            "kind": self.kind,
            **self.content.as_json(),
            "issues": [issue.as_json() for issue in self.issues],
            "provenance": self.provenance.as_json(),
        }

    def as_extraction(self) -> Json:
        """The reading as a document's extracted payload: what is reviewed, corrected and committed."""
        extraction = self.content.as_extraction()
        return {
            "schema_slug": self.schema_slug,
            "fields": extraction.fields,
            "line_items": extraction.line_items,
            "confidence_scores": {},
            "summary": extraction.summary,
            "issues": [issue.as_json() for issue in self.issues],
            "provenance": self.provenance.as_json(),
        }


@dataclass(slots=True)
class IssueLog:
    """Collects the issues of one document while it is read. At most `limit` are kept; the last says how many more."""

    limit: int = 500
    _issues: list[Issue] = field(default_factory=list)
    _left_out: int = 0

    def add(self, code: str, message: str, where: str | None = None) -> None:
        """Note that a person must look at `where`."""
        if len(self._issues) < self.limit:
            self._issues.append(Issue(code, message, where))
        else:
            self._left_out += 1

    def found(self) -> tuple[Issue, ...]:
        """All issues so far, in the order of the document."""
        if self._left_out:
            return (*self._issues, Issue("more_issues", f"{self._left_out} more issues are not listed"))
        return tuple(self._issues)


def amount_json(amount: Decimal | None) -> str | None:
    """An amount as JSON: plain digits with the decimals of the document."""
    return None if amount is None else exact_text(amount)


def date_json(day: date | None) -> str | None:
    """A date as JSON: `YYYY-MM-DD`."""
    return None if day is None else day.isoformat()
