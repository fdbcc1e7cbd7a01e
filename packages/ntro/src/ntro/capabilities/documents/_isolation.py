"""Books and PDFs are opened in a process of their own: native code and hostile input stay out of ours."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Literal, cast, get_args

from ntro.capabilities.documents.errors import DocumentRefusedError, RefusalCode
from ntro.capabilities.documents.reading import Json

TIMEOUT_SECONDS = 60
_SCRIPTS = Path(__file__).parent / "_extract"
_CODES = get_args(RefusalCode)


def extract(content: bytes, what: Literal["pdf", "book"]) -> Json:
    """What the script `_extract/<what>.py` finds in `content`. It limits its own memory and processor time.

    Raises:
        DocumentRefusedError: the script refused, crashed, or ran out of time or memory.
    """
    command = [sys.executable, "-I", "-X", "utf8", str(_SCRIPTS / f"{what}.py")]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=TIMEOUT_SECONDS, check=False)  # noqa: S603 — our own script, no part of the command comes from outside
    except subprocess.TimeoutExpired:
        raise DocumentRefusedError("too_large", "the document needs more time to open than is allowed") from None
    if done.returncode != 0:
        raise DocumentRefusedError("malformed", "the document is broken or needs more time or memory than is allowed")
    answer: Json = json.loads(done.stdout)
    refused = answer.get("refused")
    if refused is not None:
        code = cast("RefusalCode", refused) if refused in _CODES else "malformed"
        raise DocumentRefusedError(code, str(answer.get("message")))
    return answer
