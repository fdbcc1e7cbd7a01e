"""Secrets inside a tenant's or entity's configuration: sealed on their way, opened only in the worker that needs them.

A run carries its configuration in its input, and there a secret is `{"sealed": "…"}`: what is in a run's history stays
closed. An activity that needs the secret opens the section it was given; what it opens it must not return.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ntro.capabilities.secret import Secret

Opener = Callable[[str], str]
"""Gives the text that was sealed, or raises where it was sealed for somebody else."""

_opener: Opener | None = None


class SealedSecretError(RuntimeError):
    """A sealed secret cannot be opened here; the message names its place, never its value."""

    code = "secret_sealed"


def register_opener(opener: Opener | None) -> None:
    """Makes `opener` open what was sealed for this worker; None leaves everything closed."""
    global _opener  # noqa: PLW0603  # one worker, one key
    _opener = opener


def opened(section: Mapping[str, Any]) -> dict[str, Any]:
    """`section` with every sealed secret in it opened, as `Secret`; everything else as it is.

    Raises:
        SealedSecretError: there is a sealed secret that this worker cannot open.
    """
    return {name: _opened(name, value) for name, value in section.items()}


def _opened(place: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {"sealed"} and isinstance(value["sealed"], str):
            return _open(place, value["sealed"])
        return {name: _opened(f"{place}.{name}", item) for name, item in value.items()}
    if isinstance(value, list):
        return [_opened(f"{place}.{number}", item) for number, item in enumerate(value, 1)]
    return value


def _open(place: str, text: str) -> Secret:
    if _opener is None:
        raise SealedSecretError(
            f"{place} is sealed, and nothing here can open it. Run this in the tenant's own worker."
        )
    try:
        return Secret(_opener(text))
    except ValueError as error:
        raise SealedSecretError(f"{place} was sealed for another cell. Enter the secret again.") from error
