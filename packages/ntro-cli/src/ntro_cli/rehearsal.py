"""`--dry-run`: what would be sent, as a document, with nothing sent."""

from collections.abc import Mapping

from ntro_cli.output import Output, plain

_SECRETS = frozenset({"apiKey", "clientSecret", "api_key", "client_secret", "password"})
_MASK = "***"


def rehearse(out: Output, action: str, body: Mapping[str, object]) -> None:
    """Writes what `action` would send; secrets are masked."""
    out.document({"dryRun": True, "action": action, "body": masked(plain(body))})


def masked(value: object) -> object:
    """`value` with every secret member replaced."""
    if isinstance(value, Mapping):
        return {name: _MASK if name in _SECRETS and item else masked(item) for name, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value
