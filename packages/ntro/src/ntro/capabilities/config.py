"""The worker's configuration: set by the process that starts it, or read once from environment and session mount."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ntro.capabilities.secret import Secret

SESSION_MOUNTS = (Path("/mnt/session/uploads/config.json"), Path("/mnt/session/config.json"))
_MOUNT_VARIABLE = "NTRO_SESSION_CONFIG_PATH"
_MOUNTED_FIELDS = ("tenant_id", "entity_id", "tenant_config")
_MOUNTED_CREDENTIALS = ("apideck_api_key", "apideck_app_id", "companies_house_api_key")

# Field to the environment variables that may hold it, the first one set wins.
_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "temporal_host": ("TEMPORAL_HOST",),
    "temporal_namespace": ("TEMPORAL_NAMESPACE",),
    "workspace_api_url": ("NTRO_WORKSPACE_API_URL", "NTRO_HOST"),
    "workspace_api_key": ("NTRO_API_KEY",),
    "artifacts_dir": ("NTRO_ARTIFACTS_DIR",),
    "tenant_id": ("NTRO_TENANT_ID",),
    "tenant_slug": ("NTRO_TENANT_SLUG",),
    "entity_id": ("NTRO_ENTITY_ID",),
    "task_queue": ("NTRO_TASK_QUEUE", "NTRO_TENANT_SLUG"),
    "ops_task_queue": ("NTRO_OPS_TASK_QUEUE",),
    "tenant_ui_base": ("NTRO_TENANT_UI_BASE",),
    "tenant_api_url": ("NTRO_TENANT_API_URL",),
    "internal_reasoning_key": ("NTRO_INTERNAL_REASONING_KEY",),
    "databricks_host": ("DATABRICKS_HOST",),
    "databricks_token": ("DATABRICKS_TOKEN",),
    "tenant_postgres_url": ("NTRO_TENANT_POSTGRES_URL",),
    "anthropic_api_key": ("ANTHROPIC_API_KEY",),
    "anthropic_base_url": ("ANTHROPIC_BASE_URL",),
    "ai_base_url": ("NTRO_AI_BASE_URL",),
    "ai_api_key": ("NTRO_AI_API_KEY",),
    "azure_openai_endpoint": ("AZURE_OPENAI_ENDPOINT",),
    "azure_openai_api_key": ("AZURE_OPENAI_API_KEY",),
    "anthropic_environment_id": ("NTRO_ANTHROPIC_ENVIRONMENT_ID",),
    "anthropic_vault_ids": ("NTRO_ANTHROPIC_VAULT_IDS",),
    "direct_line_secret": ("NTRO_DIRECT_LINE_SECRET",),
    "direct_line_url": ("NTRO_DIRECT_LINE_URL",),
    "apideck_api_key": ("APIDECK_API_KEY",),
    "apideck_app_id": ("APIDECK_APP_ID",),
    "companies_house_api_key": ("COMPANIES_HOUSE_API_KEY",),
    "companies_house_url": ("COMPANIES_HOUSE_URL",),
    "email_smtp_host": ("EMAIL_SMTP_HOST",),
    "email_smtp_port": ("EMAIL_SMTP_PORT",),
    "email_smtp_user": ("EMAIL_SMTP_USER",),
    "email_smtp_password": ("EMAIL_SMTP_PASSWORD",),
    "email_smtp_ca_file": ("EMAIL_SMTP_CA_FILE",),
    "email_from_address": ("EMAIL_FROM_ADDRESS",),
}


class ConfigError(RuntimeError):
    """The worker's configuration is not valid; the message says which value and where it came from."""

    code = "config_invalid"


class WorkerConfig(BaseModel):
    """What one worker knows of its surroundings. Everything that opens a door is a `Secret`.

    `workspace_api_key` is the worker's own key to Workspace. `ai_base_url` and `ai_api_key` are of the platform's own
    model server (provider NTROPII). `email_smtp_ca_file` names a PEM file of further authorities that mail servers'
    certificates may be signed by.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    temporal_host: str = "localhost:7233"
    temporal_namespace: str = "default"
    workspace_api_url: str = "http://localhost:3000/v1"
    workspace_api_key: Secret = Secret("")
    artifacts_dir: str = "./artifacts"
    tenant_id: str = ""
    tenant_slug: str = ""
    entity_id: str = ""
    tenant_config: dict[str, Any] = Field(default_factory=dict)
    task_queue: str = ""
    ops_task_queue: str = ""
    tenant_ui_base: str = "http://localhost:8080"
    tenant_api_url: str = "http://localhost:4000/v1"
    internal_reasoning_key: Secret = Secret("")
    databricks_host: str = ""
    databricks_token: Secret = Secret("")
    tenant_postgres_url: Secret = Secret("")
    anthropic_api_key: Secret = Secret("")
    anthropic_base_url: str = "https://api.anthropic.com"
    ai_base_url: str = "http://llm.svc.cluster.local:8000/v1"
    ai_api_key: Secret = Secret("")
    azure_openai_endpoint: str = ""
    azure_openai_api_key: Secret = Secret("")
    anthropic_environment_id: str = ""
    anthropic_vault_ids: str = ""
    direct_line_secret: Secret = Secret("")
    direct_line_url: str = "https://directline.botframework.com/v3/directline"
    apideck_api_key: Secret = Secret("")
    apideck_app_id: str = ""
    companies_house_api_key: Secret = Secret("")
    companies_house_url: str = "https://api.company-information.service.gov.uk"
    email_smtp_host: str = ""
    email_smtp_port: int = Field(default=587, gt=0, le=65535)
    email_smtp_user: str = ""
    email_smtp_password: Secret = Secret("")
    email_smtp_ca_file: str = ""
    email_from_address: str = ""


_current: WorkerConfig | None = None


def get() -> WorkerConfig:
    """The configuration of this process; read from environment and session mount the first time, if none was set.

    Raises:
        ConfigError: a value does not fit, or the session mount is not a JSON object.
    """
    global _current  # noqa: PLW0603  # one configuration per process, as the contract has it
    if _current is None:
        _current = load(os.environ)
    return _current


def set(config: WorkerConfig) -> None:  # noqa: A001  # the contract's name
    """Makes `config` the configuration of this process."""
    global _current  # noqa: PLW0603  # see get
    _current = config


def reset() -> None:
    """Forgets the configuration; the next `get` reads it again."""
    global _current  # noqa: PLW0603  # see get
    _current = None


def load(environ: Mapping[str, str], mounts: tuple[Path, ...] = SESSION_MOUNTS) -> WorkerConfig:
    """The configuration that `environ` and the first existing session mount describe; the mount wins.

    Raises:
        ConfigError: a value does not fit, or the session mount is not a JSON object.
    """
    values: dict[str, Any] = {}
    for field, variables in _VARIABLES.items():
        given = next((environ[name] for name in variables if environ.get(name)), None)
        if given is not None:
            values[field] = given
    if named := environ.get(_MOUNT_VARIABLE):
        mounts = (Path(named),)
    values.update(_mounted(mounts))
    try:
        return WorkerConfig.model_validate(values)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        raise ConfigError(f"The worker's configuration is not valid: {wrong}. Correct it and start again.") from None


def _mounted(mounts: tuple[Path, ...]) -> dict[str, Any]:
    path = next((mount for mount in mounts if mount.is_file()), None)
    if path is None:
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The session configuration {path} cannot be read as JSON.") from error
    if not isinstance(content, dict):
        raise ConfigError(f"The session configuration {path} is not a JSON object.")
    credentials = content.get("credentials") or {}
    found = {name: content[name] for name in _MOUNTED_FIELDS if content.get(name)}
    return found | {name: credentials[name] for name in _MOUNTED_CREDENTIALS if credentials.get(name)}
