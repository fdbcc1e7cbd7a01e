"""What a model is told to check. The values are data between marks, wherever the check's own words put them."""

import re
from collections.abc import Mapping
from typing import Any

from ntro.capabilities.ai.prompts import Marked
from ntro.capabilities.checks.models import QualityCheckSpec
from ntro.data import json_text

CHECK_PROMPT_VERSION = "check-1"
"""Changes with every change of the text below; answers to another version are not used again."""

_PLACEHOLDER = re.compile(r"\{(submitted|baseline)\}")
_NO_BASELINE = "(there is no earlier period)"
_RULES = """\
You check one property of figures that an accountant is about to review. Answer with one JSON object and nothing else:
- "status": "pass" where the property holds, "warn" where a person should look, "fail" where it does not hold or where
  the values do not say;
- "detail": one or two sentences that name the figures;
- "data": an object of the figures that you compared, amounts as strings;
- "confidence": a number from 0 to 1.
Work with exact decimals. Judge only what is asked."""


def check_prompt(spec: QualityCheckSpec, submitted: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> str:
    """The prompt of a check. The values stand where its own words name `{submitted}` and `{baseline}`, else below."""
    values = {"submitted": json_text(dict(submitted))}
    if baseline is not None:
        values["baseline"] = json_text(dict(baseline))
    marked = Marked(values)
    named = set(_PLACEHOLDER.findall(spec.prompt))
    asked = _PLACEHOLDER.sub(
        lambda found: marked.block(found[1]) if found[1] in values else _NO_BASELINE,
        spec.prompt,
    )
    below = [marked.block(name) for name in values if name not in named]
    return "\n\n".join([_RULES, marked.rule, f"The property: {spec.title}\n{asked}", *below])
