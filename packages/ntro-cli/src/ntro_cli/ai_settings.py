"""The model settings of a tenant or entity: the member `ai` of its config, shown, changed in part, taken away."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any

import typer

from ntro_cli.errors import UsageError
from ntro_cli.output import Column, Output

COLUMNS = (
    Column("provider", "provider"),
    Column("extraction model", "models.extraction"),
    Column("judgement model", "models.judgement"),
    Column("default model", "models.default"),
)


class Provider(StrEnum):
    """Who hosts the models."""

    NTROPII = "NTROPII"
    ANTHROPIC = "ANTHROPIC"
    AZURE_OPENAI = "AZURE_OPENAI"
    BEDROCK = "BEDROCK"
    DATABRICKS_FM = "DATABRICKS_FM"


ProviderOption = Annotated[Provider | None, typer.Option("--provider", help="Who hosts the models.")]
ExtractionOption = Annotated[str | None, typer.Option("--extraction-model", help="Model that reads documents.")]
JudgementOption = Annotated[str | None, typer.Option("--judgement-model", help="Model that checks and classifies.")]
DefaultOption = Annotated[str | None, typer.Option("--default-model", help="Model where no other is named.")]


def settings(provider: Provider | None, extraction: str | None, judgement: str | None, default: str | None) -> Any:
    """What the options set: `provider`, `models`.

    Raises:
        UsageError: they set nothing.
    """
    named = {"extraction": extraction, "judgement": judgement, "default": default}
    models = {name: model for name, model in named.items() if model is not None}
    if provider is None and not models:
        raise UsageError(
            "There is nothing to set.",
            hint="Give --provider, --extraction-model, --judgement-model or --default-model; see --help.",
        )
    return ({} if provider is None else {"provider": provider.value}) | ({"models": models} if models else {})


def setting(wanted: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Changes a config so that its `ai` has what is wanted; what is not named stays.

    Raises:
        UsageError: when applied, where neither the config nor `wanted` names a provider.
    """

    def change(config: Mapping[str, Any]) -> dict[str, Any]:
        before = ai_of(config)
        provider = wanted.get("provider") or before.get("provider")
        if provider is None:
            raise UsageError("There is no provider yet.", hint="Give --provider, too.")
        models = {**(before.get("models") or {}), **wanted.get("models", {})}
        return {**config, "ai": {**before, "provider": provider, "models": models}}

    return change


def without_ai(config: Mapping[str, Any]) -> dict[str, Any]:
    """The config without `ai`."""
    return {name: value for name, value in config.items() if name != "ai"}


def ai_of(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """The member `ai` of a config; empty where there is none."""
    found = (config or {}).get("ai")
    return found if isinstance(found, dict) else {}


def show(out: Output, config: Mapping[str, Any] | None, *, otherwise: str) -> None:
    """Writes the settings; where there are none an empty document, and `otherwise` for a person."""
    found = ai_of(config)
    if found or out.is_json:
        out.record(found, COLUMNS)
    if not found:
        out.say(otherwise)
