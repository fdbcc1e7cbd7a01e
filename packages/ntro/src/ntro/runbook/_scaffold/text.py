"""Python text: literals, docstrings, lists of names, laid out as a formatter would."""

import json
import textwrap
from collections.abc import Sequence

WIDTH = 120


def literal(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False)


def docstring(text: str, indent: int = 4) -> str:
    """A docstring, without the indent of its first line."""
    said = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
    room = WIDTH - indent
    if len(said) + 6 <= room:
        return f'"""{said}"""'
    sentence, dot, rest = said.partition(". ")
    summary = (
        f"{sentence}." if dot and len(sentence) + 4 <= room else textwrap.shorten(said, room - 3, placeholder=" …")
    )
    pad = " " * indent
    lines = [f"{pad}{line}" for line in textwrap.wrap(rest if summary == f"{sentence}." else said, room)]
    return "\n".join([f'"""{summary}', "", *lines, f'{pad}"""'])


def call(head: str, arguments: Sequence[str], indent: int, *, end: str = "") -> str:
    """A call or a signature, such as `return await f`, of `arguments`: in one line, in three, or an argument a line."""
    pad, deeper = " " * indent, " " * (indent + 4)
    line = f"{pad}{head}({', '.join(arguments)}){end}"
    if len(line) <= WIDTH:
        return f"{line}\n"
    inner = f"{deeper}{', '.join(arguments)}"
    if len(inner) <= WIDTH:
        return f"{pad}{head}(\n{inner}\n{pad}){end}\n"
    listed = "".join(f"{deeper}{argument},\n" for argument in arguments)
    return f"{pad}{head}(\n{listed}{pad}){end}\n"


def imported(module: str, names: Sequence[str]) -> str:
    """An import of `names` in order, on one line where it fits."""
    ordered = sorted(set(names), key=lambda name: (name.isupper(), not name[:1].isupper(), name))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= WIDTH:
        return f"{line}\n"
    listed = "".join(f"    {name},\n" for name in ordered)
    return f"from {module} import (\n{listed})\n"
