"""XML from outside: no document type, no entities, bounded depth and size; elements found by local name."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from ntro.capabilities.documents.errors import DocumentRefusedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 64
MAX_ELEMENTS = 2_000_000
_DECIMAL = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,12})?|\.[0-9]{1,12})")


def parse_xml(content: bytes, what: str) -> "Element":
    """The root of `content`.

    Raises:
        DocumentRefusedError: `malformed` for text that is not well-formed XML or declares a document type;
            `too_large` for nesting deeper than `MAX_DEPTH` or more than `MAX_ELEMENTS` elements.
    """
    from xml.etree.ElementTree import ParseError, TreeBuilder  # noqa: PLC0415 — builds; defusedxml parses

    from defusedxml.common import DefusedXmlException  # noqa: PLC0415 — loaded by the readers that need it
    from defusedxml.ElementTree import XMLParser  # noqa: PLC0415 - loaded by the readers that need it

    class Bounded(TreeBuilder):
        depth = 0
        count = 0

        def start(self, tag: str, attrs: dict[str, str], /) -> "Element":
            self.depth += 1
            self.count += 1
            if self.depth > MAX_DEPTH or self.count > MAX_ELEMENTS:
                raise DocumentRefusedError("too_large", f"{what} is nested too deeply or has too many elements")
            return super().start(tag, attrs)

        def end(self, tag: str, /) -> "Element":
            self.depth -= 1
            return super().end(tag)

    parser = XMLParser(target=Bounded(), forbid_dtd=True)
    try:
        parser.feed(content.lstrip())
        root: Element = parser.close()
    except DefusedXmlException:
        raise DocumentRefusedError("malformed", f"{what} declares a document type or entities") from None
    except (ParseError, LookupError, ValueError) as error:
        if isinstance(error, DocumentRefusedError):
            raise
        raise DocumentRefusedError("malformed", f"{what} is not well-formed XML: {error}") from None
    return root


def local(element: "Element") -> str:
    """The name of `element` without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: "Element") -> str:
    """The namespace of `element`, or nothing."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def children(parent: "Element | None", *path: str) -> "Iterator[Element]":
    """All elements at `path` below `parent`, in the document's order."""
    if parent is None:
        return
    if not path:
        yield parent
        return
    for element in parent:
        if isinstance(element.tag, str) and local(element) == path[0]:
            yield from children(element, *path[1:])


def child(parent: "Element | None", *path: str) -> "Element | None":
    """The first element at `path` below `parent`."""
    return next(children(parent, *path), None)


def text(parent: "Element | None", *path: str) -> str | None:
    """The text of the first element at `path`, space collapsed; `None` for no element or no text."""
    element = child(parent, *path)
    if element is None or element.text is None:
        return None
    return " ".join(element.text.split()) or None


def xml_decimal(value: str | None) -> Decimal | None:
    """`value` as a number of XML Schema's type decimal; `None` where it is not one."""
    return Decimal(value) if value is not None and _DECIMAL.fullmatch(value) else None
