"""Settings of a tenant cell's processes."""

from pathlib import Path
from uuid import UUID

from pydantic import Field, SecretStr

from ntro_server.settings import ServerSettings

MIB = 1024 * 1024


class CellSettings(ServerSettings):
    """One cell: which tenant, where its database, Workspace and Temporal are, and its keys.

    `payload_keys` maps a key id to 32 bytes in base64url; `active_payload_key` names the one that encrypts.
    `sealing_private_key` opens what Workspace sealed for this cell. `cell_key` authenticates the cell to Workspace.
    """

    tenant_id: UUID
    tenant_slug: str
    home: Path
    host: str = "127.0.0.1"
    port: int
    public_url: str
    database_url: SecretStr
    workspace_url: str
    workspace_public_key: str
    cell_key: SecretStr
    temporal_address: str
    temporal_namespace: str
    payload_keys: dict[str, SecretStr]
    active_payload_key: str
    sealing_private_key: SecretStr
    session_secret: SecretStr
    max_upload_bytes: int = Field(default=50 * MIB, gt=0)
    log_level: str = "INFO"
