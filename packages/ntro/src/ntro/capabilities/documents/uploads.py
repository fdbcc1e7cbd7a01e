"""What may be uploaded: decided from the first bytes, the name and the size, while the upload streams in."""

from pathlib import PurePosixPath

from ntro.capabilities.documents.errors import DocumentRefusedError

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
"""Largest document that is accepted."""
HEAD_BYTES = 8192
"""How many bytes of the start `check_upload` wants to see."""

_PDF, _ZIP, _OLE = "application/pdf", "application/zip", "application/x-ole-storage"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Extension -> what the bytes must be, and the content type that is answered.
_BINARY: dict[str, tuple[str, str]] = {
    ".pdf": (_PDF, _PDF),
    ".xlsx": (_ZIP, _XLSX),
    ".docx": (_ZIP, _DOCX),
    ".ods": (_ZIP, "application/vnd.oasis.opendocument.spreadsheet"),
    ".xls": (_OLE, "application/vnd.ms-excel"),
    ".png": ("image/png", "image/png"),
    ".jpg": ("image/jpeg", "image/jpeg"),
    ".jpeg": ("image/jpeg", "image/jpeg"),
}
_TEXT: dict[str, str] = {
    **dict.fromkeys((".xml", ".camt", ".053", ".052", ".054", ".c53"), "application/xml"),
    **dict.fromkeys((".csv", ".tsv"), "text/csv"),
    **dict.fromkeys((".ofx", ".qfx"), "application/x-ofx"),
    ".json": "application/json",
    ".md": "text/markdown",
}
_MACRO_BOOKS = {".xlsm", ".xltm", ".xlam", ".docm", ".dotm", ".pptm"}
_ARCHIVES = {".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".jar", ".iso", ".cab"}
_PROGRAMS = {
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".msi",
    ".bat",
    ".cmd",
    ".ps1",
    ".vbs",
    ".js",
    ".sh",
    ".lnk",
    ".hta",
    ".app",
}
_PROGRAM_MAGIC = (
    b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
    b"\x4c\x00\x00\x00\x01\x14\x02\x00", b"\x00asm", b"#!",
)  # fmt: skip
_ARCHIVE_MAGIC = (b"Rar!\x1a", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"MSCF")
_MAGIC = (
    (b"PK\x03\x04", _ZIP),
    (b"PK\x05\x06", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/", b"mimetype", b"customXml/")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def check_upload(head: bytes, filename: str, size: int) -> str:
    """The content type of an upload that may be stored.

    Args:
        head: the first bytes of the file, `HEAD_BYTES` of them or the whole file if it is shorter.
        filename: the name given by the sender; only its extension is used.
        size: bytes received so far, or in all.

    Raises:
        DocumentRefusedError: `empty_file`, `too_large`, `executable`, `archive`, `macros`, `encrypted`,
            `type_mismatch` or `unsupported_format`.
    """
    extension = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if size <= 0 or not head:
        raise DocumentRefusedError("empty_file", "the file is empty; upload it again from its source")
    if size > MAX_DOCUMENT_BYTES:
        raise DocumentRefusedError("too_large", f"the file is larger than {MAX_DOCUMENT_BYTES} bytes; split it")
    _refuse_programs(head, extension)
    found = _content(head)
    _refuse_containers(head, extension, found)
    if extension in _BINARY:
        return _binary(extension, found)
    if found == "text/plain":
        return _text(head, extension)
    return _by_content(extension, found)


def _refuse_programs(head: bytes, extension: str) -> None:
    is_dos = head.startswith(b"MZ") and (extension in _BINARY or not _is_text(head))
    if extension in _PROGRAMS or is_dos or head.startswith(_PROGRAM_MAGIC):
        raise DocumentRefusedError("executable", "the file is a program or a script; upload the document itself")


def _refuse_containers(head: bytes, extension: str, found: str | None) -> None:
    if extension in _MACRO_BOOKS or b"vbaProject.bin" in head:
        raise DocumentRefusedError("macros", "the file can hold macros; save it as .xlsx and upload that")
    is_office = found == _ZIP and any(part in head[:200] for part in _OFFICE_PARTS)
    is_archive = head.startswith(_ARCHIVE_MAGIC) or head[257:262] == b"ustar" or (found == _ZIP and not is_office)
    if extension in _ARCHIVES or is_archive:
        raise DocumentRefusedError("archive", "the file is an archive; upload the documents in it one by one")


def _content(head: bytes) -> str | None:
    """What the bytes are, or `None` for bytes of no known kind."""
    for magic, content_type in _MAGIC:
        if head.startswith(magic):
            return content_type
    if b"%PDF-" in head[:1024]:
        return _PDF
    return "text/plain" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    return head.startswith(_BYTE_ORDER_MARKS) or not any(byte < 9 and byte not in {1, 3, 4} for byte in head)


def _binary(extension: str, found: str | None) -> str:
    needed, content_type = _BINARY[extension]
    if needed == _ZIP and found == _OLE:
        raise DocumentRefusedError("encrypted", "the file is protected by a password; save it without one")
    if found != needed:
        raise DocumentRefusedError("type_mismatch", f"the file is called {extension} but its content is something else")
    return content_type


def _text(head: bytes, extension: str) -> str:
    if extension in {".html", ".htm", ".svg"} or head.lstrip()[:14].lower().startswith(
        (b"<!doctype html", b"<html", b"<script")
    ):
        raise DocumentRefusedError("unsupported_format", "web pages are not read; upload a PDF, XML or spreadsheet")
    content_type = _TEXT.get(extension, "text/plain")
    if extension == ".xml" and not head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").startswith((b"<", b"\x00<")):
        raise DocumentRefusedError("type_mismatch", "the file is called .xml but its content is something else")
    return content_type


def _by_content(extension: str, found: str | None) -> str:
    if extension in _TEXT or extension in {".txt", ".sta", ".mt940", ".mt942", ".940", ".942", ".bai", ".html"}:
        raise DocumentRefusedError("type_mismatch", f"the file is called {extension} but its content is not text")
    if extension or found is None or found in {_ZIP, _OLE}:
        name = extension or "of this kind"
        raise DocumentRefusedError(
            "unsupported_format", f"files {name} are not read; upload a PDF, XML, CSV, XLSX or ODS"
        )
    return found
