"""Settings of the Workspace process."""

from pathlib import Path

from pydantic import SecretStr

from ntro_server.settings import ServerSettings


class WorkspaceSettings(ServerSettings):
    """Where Workspace listens, its database, Temporal, and its keys.

    `pepper` is 32 bytes in hex, mixed into the hashes of API keys. `signing_key` is an Ed25519 private key in PEM;
    cells verify tokens with its public half. `admin_key` is the operator's API key, registered at start; where
    `operator_speaks_for_users` is set, as on a person's own machine, it may act as any person in a cell.
    """

    host: str = "127.0.0.1"
    port: int
    public_url: str
    database_url: SecretStr
    temporal_address: str
    pepper: SecretStr
    signing_key: SecretStr
    admin_key: SecretStr
    operator_speaks_for_users: bool = False
    templates_dir: Path | None = None
    log_level: str = "INFO"
