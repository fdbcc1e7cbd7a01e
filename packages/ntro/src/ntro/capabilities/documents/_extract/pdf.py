"""Child process: a PDF on standard input, its words, rules and attachments as JSON on standard output.

Stands alone, so that it starts quickly; PDFium is native code, so that it must not run among the caller's threads.
"""

import base64
import ctypes
import json
import resource
import sys
from typing import Any

import pypdfium2
from pypdfium2 import raw

MAX_PAGES = 300
MAX_CHARACTERS = 1_000_000
MAX_RULES_PER_PAGE = 6_000
MAX_ATTACHMENTS = 50
MAX_ATTACHMENT_BYTES = 20_000_000
CPU_SECONDS = 40
MEMORY_BYTES = 1_500_000_000


class RefusedError(Exception):
    """The document is refused with a code and a message."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        answer = extract(sys.stdin.buffer.read())
    except RefusedError as refusal:
        answer = {"refused": refusal.args[0], "message": refusal.args[1]}
    json.dump(answer, sys.stdout)


def extract(content: bytes) -> dict[str, Any]:
    try:
        document = pypdfium2.PdfDocument(content)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise RefusedError("encrypted", "the PDF is protected by a password; save it without one") from None
        if error.err_code == raw.FPDF_ERR_SECURITY:
            raise RefusedError("encrypted", "the PDF is protected in a way that is not supported") from None
        raise RefusedError("malformed", "the PDF is broken and cannot be opened") from None
    if count > MAX_PAGES:
        raise RefusedError("too_large", f"the PDF has {count} pages, at most {MAX_PAGES} are read; split it")
    budget = MAX_CHARACTERS
    pages = []
    for number in range(count):
        try:
            page = document[number]
            words, used = page_words(page, budget)
            pages.append({"words": words, "rules": page_rules(page), "width": page.get_width()})
        except pypdfium2.PdfiumError:
            pages.append({"words": [], "rules": [], "width": 0, "broken": True})
            continue
        budget -= used
    return {"pages": pages, "attachments": attachments(document)}


def attachments(document: Any) -> list[dict[str, str]]:
    found = []
    for number in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            attachment = document.get_attachment(number)
            data = bytes(attachment.get_data())
            name = attachment.get_name()
        except pypdfium2.PdfiumError:
            continue
        if len(data) <= MAX_ATTACHMENT_BYTES:
            found.append({"name": name, "data": base64.b64encode(data).decode()})
    return found


def page_words(page: Any, budget: int) -> tuple[list[list[Any]], int]:
    """Words as [text, left, right, bottom, top]. A word ends at space, at a gap and at the end of its line."""
    textpage = page.get_textpage()
    count = textpage.count_chars()
    if count > budget:
        raise RefusedError("too_large", f"the PDF has more than {MAX_CHARACTERS} characters")
    box = raw.FS_RECTF()
    words: list[list[Any]] = []
    open_word: list[Any] | None = None
    high = 0
    for index in range(count):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if high:
            code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
        character = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "
        if character.isspace() and character != "\u00a0":
            open_word = None
            continue
        if character in "\u00ad\u0002\ufffe":
            character = "-"  # PDFium's marks for a hyphen at the end of a line
        if not raw.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(box)):
            continue
        left, right, bottom, top = box.left, box.right, box.bottom, box.top
        if open_word is not None and continues(open_word, left, bottom, top):
            open_word[0] += character
            open_word[2] = max(open_word[2], right)
            open_word[3], open_word[4] = min(open_word[3], bottom), max(open_word[4], top)
        else:
            open_word = [character, left, right, bottom, top]
            words.append(open_word)
    return words, count


def continues(word: list[Any], left: float, bottom: float, top: float) -> bool:
    height = max(top - bottom, 0.1)
    same_line = abs((bottom + top) - (word[3] + word[4])) < height
    return bool(same_line and -height < left - word[2] < 0.35 * height)


def page_rules(page: Any) -> list[list[float]]:
    """Straight lines as [left, right, bottom, top]: strokes, edges of rectangles, and thin filled rectangles."""
    rules: list[list[float]] = []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=4):
        if len(rules) >= MAX_RULES_PER_PAGE:
            break
        left, bottom, right, top = item.get_bounds()
        if right - left < 3 or top - bottom < 3:
            rules.append([left, right, bottom, top])
        else:
            rules += path_edges(item)
    return rules


def path_edges(item: Any) -> list[list[float]]:
    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    edges: list[list[float]] = []
    start = before = None
    for index in range(min(raw.FPDFPath_CountSegments(item), 2_000)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            start = point
        elif before is not None:
            edges.append(edge(before, point))
            if raw.FPDFPathSegment_GetClose(segment) and start is not None:
                edges.append(edge(point, start))
        before = point
    return edges


def edge(one: tuple[float, float], other: tuple[float, float]) -> list[float]:
    return [min(one[0], other[0]), max(one[0], other[0]), min(one[1], other[1]), max(one[1], other[1])]


if __name__ == "__main__":
    main()
