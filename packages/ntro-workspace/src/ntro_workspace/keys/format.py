"""The text of a key: `ntro_<kind>_<id>_<secret><crc32>`, base 62, recognisable by scanners, cheap to refuse."""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

_ALPHABET = string.digits + string.ascii_letters
_ID_CHARACTERS = 12
_SECRET_CHARACTERS = 43  # 256 bits
_CHECK_CHARACTERS = 6
_KEY = re.compile(r"^ntro_([a-z]{2,10})_([0-9A-Za-z]{4,32})_([0-9A-Za-z]{20,80})([0-9A-Za-z]{6})$")


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """The public parts of a well-formed key."""

    kind: str
    id: str


def mint(kind: str) -> tuple[str, str]:
    """A fresh key: `(id, text)`."""
    key_id = _random(_ID_CHARACTERS)
    body = f"ntro_{kind}_{key_id}_{_random(_SECRET_CHARACTERS)}"
    return key_id, body + _check(body)


def parse(text: str) -> ParsedKey | None:
    """The parts of `text`, or none where its form or checksum is wrong."""
    match = _KEY.match(text)
    if match is None or not hmac.compare_digest(match[4], _check(text[:-_CHECK_CHARACTERS])):
        return None
    return ParsedKey(match[1], match[2])


def digest(text: str, pepper: bytes) -> bytes:
    """What is stored of a key. A plain HMAC is enough: the secret has 256 bits."""
    return hmac.new(pepper, text.encode(), hashlib.sha256).digest()


def prefix(kind: str, key_id: str) -> str:
    """The part of a key that may be shown."""
    return f"ntro_{kind}_{key_id}"


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _check(body: str) -> str:
    value = zlib.crc32(body.encode())
    digits = ""
    for _ in range(_CHECK_CHARACTERS):
        value, rest = divmod(value, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    return digits
