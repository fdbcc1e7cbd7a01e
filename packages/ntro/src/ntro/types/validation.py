"""What pydantic found wrong with a value, in words for people."""

from pydantic import ValidationError

MAX_PROBLEMS = 10


def in_words(error: ValidationError) -> str:
    """One line: each place that is wrong and why, at most ten. The values themselves are not repeated."""
    problems = error.errors(include_url=False, include_input=False, include_context=False)
    said = [_problem(item["loc"], item["msg"]) for item in problems[:MAX_PROBLEMS]]
    more = len(problems) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more else [])])


def _problem(place: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    why = message.removeprefix("Value error, ").removesuffix(".")
    return f"{where}: {why}" if where else why
