"""What is kept of a session besides its outcome: hashes that an auditor can compare with the host's own list."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any


def text_sha256(text: str) -> str:
    """SHA-256 of the text's UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def events_sha256(events: Sequence[dict[str, Any]]) -> str:
    """SHA-256 over one line of sorted JSON for each event, in the host's order."""
    digest = hashlib.sha256()
    for event in events:
        line = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
