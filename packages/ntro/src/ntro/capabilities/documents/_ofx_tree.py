"""OFX 1 (SGML) and OFX 2 (XML) as one tree."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ntro.capabilities.documents.errors import DocumentRefusedError

MAX_DEPTH = 40
MAX_ELEMENTS = 2_000_000
_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)(?:\s[^<>]*?)?(/?)>([^<]*)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HEADER = re.compile(r"OFXHEADER\s*[:=]", re.IGNORECASE)
_VERSION = re.compile(r"VERSION\s*[:=]\s*\"?([0-9]+)", re.IGNORECASE)


@dataclass(slots=True)
class OfxNode:
    """An aggregate with children, or an element with a value."""

    name: str
    value: str | None = None
    children: list["OfxNode"] = field(default_factory=list)

    def all(self, *path: str) -> "Iterator[OfxNode]":
        """All nodes at `path` below this one."""
        if not path:
            yield self
            return
        for node in self.children:
            if node.name == path[0]:
                yield from node.all(*path[1:])

    def find(self, name: str) -> "Iterator[OfxNode]":
        """All nodes called `name` at any depth, in the document's order."""
        for node in self.children:
            if node.name == name:
                yield node
            else:
                yield from node.find(name)

    def text(self, *path: str) -> str | None:
        """The value of the first node at `path`; `None` for no node or no value."""
        node = next(self.all(*path), None)
        return None if node is None else node.value


@dataclass(frozen=True, slots=True)
class OfxDocument:
    """The tree below `<OFX>`, the version that the header states, and whether the end is missing."""

    root: OfxNode
    version: str | None
    is_truncated: bool


def is_ofx(text: str) -> bool:
    """Whether `text` starts like an OFX file of either syntax."""
    head = text[:4000].lstrip("\ufeff \r\n\t")
    return head[:5].upper() == "<OFX>" or bool(
        _HEADER.search(head[:1000]) and re.search(r"<OFX>", text[:8000], re.IGNORECASE)
    )


def parse_ofx(text: str) -> OfxDocument:
    """The tree of an OFX file.

    An element without a value ends where the next one starts; an aggregate ends at its closing tag. Elements that are
    opened, empty and never closed are told apart from aggregates when their parent closes.

    Raises:
        DocumentRefusedError: `malformed` without an `<OFX>` element, `too_large` for too many or too deep elements.
    """
    start = text.upper().find("<OFX>")
    if start < 0:
        raise DocumentRefusedError("malformed", "the file has an OFX header but no OFX element")
    version = _VERSION.search(re.sub(r"<\?xml[^>]*>", "", text[:start]))
    top = OfxNode("")
    stack = [top]
    text = _CDATA.sub(lambda match: html.escape(match.group(1), quote=False), text)
    for count, token in enumerate(_TOKEN.finditer(text, start)):
        if count > MAX_ELEMENTS or len(stack) > MAX_DEPTH:
            raise DocumentRefusedError("too_large", "the OFX file is nested too deeply or has too many elements")
        closing, name, self_closed, value = token.groups()
        if closing:
            _close(stack, name.upper())
        else:
            _open(stack, name.upper(), _clean(value), is_empty=bool(self_closed))
    root = next(top.all("OFX"), None)
    if root is None:
        raise DocumentRefusedError("malformed", "the file has no OFX element")
    return OfxDocument(root, version.group(1) if version else None, len(stack) > 1)


def _clean(value: str) -> str:
    return html.unescape(value).replace("\u00a0", " ").strip()


def _open(stack: list[OfxNode], name: str, value: str, *, is_empty: bool) -> None:
    node = OfxNode(name, value or None)
    stack[-1].children.append(node)
    if not value and not is_empty:
        stack.append(node)


def _close(stack: list[OfxNode], name: str) -> None:
    """Close the aggregate `name`. What stands open inside it was empty: its content moves up beside it."""
    depth = next((place for place in range(len(stack) - 1, 0, -1) if stack[place].name == name), None)
    if depth is None:
        return  # the closing tag of an element with a value
    while len(stack) - 1 > depth:
        empty = stack.pop()
        stack[-1].children.extend(empty.children)
        empty.children = []
    stack.pop()
