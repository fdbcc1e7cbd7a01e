"""Names of uploaded files, made safe to show, to store and to send back. Pure."""

import unicodedata

MAX_BYTES = 255
_UNNAMED = "document"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_filename(given: str) -> str:
    """`given` without folders, control, direction and other invisible characters, at most 255 bytes of UTF-8.

    The extension is kept when the rest is cut. A name of which nothing is left becomes `document`.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char) not in _DROPPED)
    name = " ".join(visible.split()).strip(". ")
    return _bounded(name) if name else _UNNAMED


def _bounded(name: str) -> str:
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > MAX_BYTES // 2:
        return _cut(name, MAX_BYTES)
    return _cut(stem, MAX_BYTES - len(extension.encode()) - 1) + dot + extension


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")
