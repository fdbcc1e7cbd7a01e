"""Child process: a spreadsheet on standard input, the cells of its visible sheets as JSON on standard output.

Stands alone, so that it starts quickly and cannot take the caller down with it. Cells are `null` or a pair of type and
value: `["n", "12.5"]`, `["t", text]`, `["d", "2026-03-31"]`, `["b", true]`, `["e", "#N/A"]`. Numbers stay text.
"""

import io
import json
import re
import resource
import sys
import zipfile
from datetime import date, datetime
from typing import Any

import python_calamine
from defusedxml.ElementTree import fromstring

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 3_000_000
MAX_SHEETS = 100
MAX_UNPACKED_BYTES = 300_000_000
MAX_RATIO = 100
RATIO_FLOOR_BYTES = 20_000_000
CPU_SECONDS = 40
MEMORY_BYTES = 1_500_000_000
MACROS = "the book holds macros; save it as .xlsx and upload that"

_ERROR_CELL = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>(.*?)</(?:\w+:)?c>', re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class RefusedError(Exception):
    """The book is refused with a code and a message."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        answer = extract(sys.stdin.buffer.read())
    except RefusedError as refusal:
        answer = {"refused": refusal.args[0], "message": refusal.args[1]}
    json.dump(answer, sys.stdout)


def extract(content: bytes) -> dict[str, Any]:
    if not content.startswith(b"PK"):
        check_compound(content)
        return {"format": "xls", "sheets": calamine_sheets(content, {})}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            names = set(archive.namelist())
            if "content.xml" in names:
                return {"format": "ods", "sheets": ods_sheets(archive)}
            if any(name.lower().endswith("workbook.bin") for name in names):
                raise RefusedError("unsupported_format", "binary books (.xlsb) are not read; save the book as .xlsx")
            errors = xlsx_errors(archive)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, OSError) as error:
        raise RefusedError("malformed", f"the book is broken: {error}") from None
    return {"format": "xlsx", "sheets": calamine_sheets(content, errors)}


def check_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > 10_000 or unpacked > MAX_UNPACKED_BYTES:
        raise RefusedError("too_large", "the book is too large when unpacked")
    if unpacked > RATIO_FLOOR_BYTES and unpacked > MAX_RATIO * max(packed, 1):
        raise RefusedError("too_large", "the book unpacks to far more than its size")
    if any(part.flag_bits & 1 for part in parts):
        raise RefusedError("encrypted", "the book is protected by a password; save it without one")
    if any("vbaproject" in part.filename.lower() or part.filename.startswith("Basic/") for part in parts):
        raise RefusedError("macros", MACROS)


def check_compound(content: bytes) -> None:
    """The names of streams in an OLE file stand in its directory, as UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RefusedError("encrypted", "the book is protected by a password; save it without one")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise RefusedError("macros", MACROS)


def calamine_sheets(content: bytes, errors: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        kinds = python_calamine.SheetTypeEnum
        metadata = [
            sheet for sheet in book.sheets_metadata if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        if any(sheet.typ in (kinds.MacroSheet, kinds.Vba) for sheet in book.sheets_metadata):
            raise RefusedError("macros", MACROS)
        return [
            {"name": sheet.name, "rows": calamine_rows(book.get_sheet_by_name(sheet.name), errors.get(sheet.name, {}))}
            for sheet in metadata[:MAX_SHEETS]
            if sheet.typ == kinds.WorkSheet
        ]
    except python_calamine.PasswordError:
        raise RefusedError("encrypted", "the book is protected by a password; save it without one") from None
    except python_calamine.CalamineError as error:
        raise RefusedError("malformed", f"the book is broken: {error}") from None


def calamine_rows(sheet: Any, errors: dict[str, str]) -> list[list[Any]]:
    first_row, first_column = sheet.start or (0, 0)
    if sheet.height > MAX_ROWS or sheet.height * max(sheet.width, 1) > MAX_CELLS or sheet.width > MAX_COLUMNS:
        raise RefusedError("too_large", f"sheet {sheet.name!r} has too many rows or columns; delete the empty ones")
    rows: list[list[Any]] = [[] for _ in range(first_row)]
    for number, values in enumerate(sheet.to_python(), start=first_row + 1):
        cells = [None] * first_column + [typed(value) for value in values]
        rows.append(cells)
        if errors:
            for column in range(len(cells)):
                error = errors.get(f"{letters(column)}{number}")
                cells[column] = ["e", error] if error else cells[column]
    return rows


def typed(value: Any) -> Any:
    if value == "" or value is None:
        return None
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, (int, float)):
        return ["n", repr(value)]
    if isinstance(value, datetime):
        return ["d", value.date().isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    return ["t", str(value)]


def letters(index: int) -> str:
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found


def xlsx_errors(archive: zipfile.ZipFile) -> dict[str, dict[str, str]]:
    """Error values by sheet and cell: the spreadsheet library reads them as empty."""
    by_lower = {name.lower(): name for name in archive.namelist()}
    if "xl/workbook.xml" not in by_lower or "xl/_rels/workbook.xml.rels" not in by_lower:
        return {}
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in parsed(archive.read(by_lower["xl/_rels/workbook.xml.rels"]))
    }
    found: dict[str, dict[str, str]] = {}
    for sheet in parsed(archive.read(by_lower["xl/workbook.xml"])).iter():
        if not str(sheet.tag).endswith("}sheet"):
            continue
        target = targets.get(sheet.get(_RELATION), "").lstrip("/")
        path = by_lower.get((target if target.startswith("xl/") else f"xl/{target}").lower())
        if path is not None:
            found[sheet.get("name", "")] = error_cells(archive.read(path))
    return found


def parsed(content: bytes) -> Any:
    try:
        return fromstring(content, forbid_dtd=True)
    except (SyntaxError, ValueError) as error:
        raise RefusedError("malformed", f"the book is broken: {error}") from None


def error_cells(sheet: bytes) -> dict[str, str]:
    errors: dict[str, str] = {}
    for cell in _ERROR_CELL.finditer(sheet):
        place, value = _REFERENCE.search(cell.group(1)), _VALUE.search(cell.group(2))
        if place is None:
            raise RefusedError("malformed", "the book has error values in cells without a reference")
        errors[(place.group(1) + place.group(2)).decode()] = value.group(1).decode() if value else "#ERROR"
    return errors


def ods_sheets(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    if b"manifest:encryption-data" in archive.read("META-INF/manifest.xml"):
        raise RefusedError("encrypted", "the book is protected by a password; save it without one")
    root = parsed(archive.read("content.xml"))
    tables = list(root.iter(f"{_TABLE}table"))[:MAX_SHEETS]
    return [{"name": table.get(f"{_TABLE}name", ""), "rows": ods_rows(table)} for table in tables]


def ods_rows(table: Any) -> list[list[Any]]:
    rows: list[list[Any]] = []
    cells = 0
    for row in table.iter(f"{_TABLE}table-row"):
        values: list[Any] = []
        for cell in row:
            if cell.tag not in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
                continue
            value = ods_value(cell)
            repeat = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            values += [value] * min(repeat, MAX_COLUMNS - len(values))
        while values and values[-1] is None:
            values.pop()
        repeat = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        repeat = repeat if values else min(repeat, MAX_ROWS - len(rows))
        cells += repeat * len(values)
        if len(rows) + repeat > MAX_ROWS or cells > MAX_CELLS:
            raise RefusedError("too_large", "the book has too many rows")
        rows += [list(values) for _ in range(repeat)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def ods_value(cell: Any) -> Any:
    kind = cell.get(f"{_OFFICE}value-type")
    shown = "\n".join("".join(paragraph.itertext()) for paragraph in cell.iter(f"{_TEXT}p")).strip()
    if cell.get(f"{_CALC}value-type") == "error" or shown.startswith(("#", "Err:")):
        return ["e", shown or "#ERROR"]
    if kind in {"float", "currency"}:
        return ["n", cell.get(f"{_OFFICE}value", "")]
    if kind == "date":
        return ["d", cell.get(f"{_OFFICE}date-value", "")[:10]]
    if kind == "boolean":
        return ["b", cell.get(f"{_OFFICE}boolean-value") == "true"]
    return ["t", shown] if shown else None


if __name__ == "__main__":
    main()
