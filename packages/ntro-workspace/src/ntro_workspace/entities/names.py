"""When two names are probably the same company."""

import re
import unicodedata

_LEGAL_FORMS = {
    "limited": "ltd",
    "company": "co",
    "incorporated": "inc",
    "corporation": "corp",
    "partnership": "lp",
}
_WORD = re.compile(r"[a-z0-9]+")


def normalised(name: str) -> str:
    """`name` in lower case without accents, punctuation and spaces, legal forms in their short spelling."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    words = _WORD.findall(plain.lower().replace("&", " and "))
    return "".join(_LEGAL_FORMS.get(word, word) for word in words) or name.strip().lower()
