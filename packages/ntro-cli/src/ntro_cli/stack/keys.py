"""What the stack generates and keeps to itself: passwords, keys, the operator's API key."""

import base64
import secrets
import string
import zlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, Field

from ntro.workspace.sealing import new_key_pair
from ntro_cli.stack.errors import StateBroken
from ntro_cli.stack.files import read_model, write_json
from ntro_cli.stack.paths import StackPaths

_BASE62 = string.digits + string.ascii_letters
_ID_CHARACTERS, _SECRET_CHARACTERS, _CHECK_CHARACTERS = 12, 43, 6
_REMEDY = "Bring it back from a backup: without it stored data cannot be read. To begin anew, move $NTRO_HOME away."


class CellSecrets(BaseModel):
    """The secrets of one tenant's cell. `cell_key` is none until Workspace has given one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_password: str = Field(repr=False)
    payload_keys: dict[str, str] = Field(repr=False)
    active_payload_key: str
    sealing_private_key: str = Field(repr=False)
    sealing_public_key: str
    session_secret: str = Field(repr=False)
    cell_key: str | None = Field(default=None, repr=False)


class StackSecrets(BaseModel):
    """Content of `secrets.json`: the source of every settings file. Cells are by tenant id."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    pepper: str = Field(repr=False)
    signing_key: str = Field(repr=False)
    admin_key: str = Field(repr=False)
    workspace_password: str = Field(repr=False)
    cells: dict[str, CellSecrets] = Field(default_factory=dict, repr=False)

    @property
    def verifying_key(self) -> str:
        """The public half of the signing key, in PEM."""
        public = load_pem_private_key(self.signing_key.encode(), password=None).public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def with_cell(self, tenant_id: str, cell: CellSecrets) -> "StackSecrets":
        """These secrets with those of a cell."""
        return self.model_copy(update={"cells": {**self.cells, tenant_id: cell}})


def new_secrets() -> StackSecrets:
    """Fresh secrets of a stack."""
    signing_key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return StackSecrets(
        pepper=secrets.token_hex(32),
        signing_key=signing_key.decode(),
        admin_key=new_api_key("admin"),
        workspace_password=secrets.token_urlsafe(32),
    )


def new_cell_secrets() -> CellSecrets:
    """Fresh secrets of a cell."""
    private, public = new_key_pair()
    return CellSecrets(
        database_password=secrets.token_urlsafe(32),
        payload_keys={"k1": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")},
        active_payload_key="k1",
        sealing_private_key=private,
        sealing_public_key=public,
        session_secret=secrets.token_urlsafe(32),
    )


def load_secrets(paths: StackPaths) -> StackSecrets:
    """The secrets; made where the stack is new.

    Raises:
        StateBroken: the file is damaged, or missing while there is data that needs it.
    """
    found = read_model(StackSecrets, paths.secrets, remedy=_REMEDY)
    if found is not None:
        return found
    if paths.workspace_settings.exists():
        raise StateBroken(f"{paths.secrets} is missing.", remedy=_REMEDY)
    fresh = new_secrets()
    save_secrets(paths, fresh)
    return fresh


def save_secrets(paths: StackPaths, found: StackSecrets) -> None:
    """Writes the secrets in one step, mode 0600."""
    write_json(paths.secrets, found.model_dump(mode="json"))


def new_api_key(kind: str) -> str:
    """A key `ntro_<kind>_<id>_<secret><crc32>` in base 62; the checksum lets a mistyped key be refused at once."""
    body = f"ntro_{kind}_{_random(_ID_CHARACTERS)}_{_random(_SECRET_CHARACTERS)}"
    value, check = zlib.crc32(body.encode()), ""
    for _ in range(_CHECK_CHARACTERS):
        value, rest = divmod(value, len(_BASE62))
        check = _BASE62[rest] + check
    return body + check


def _random(length: int) -> str:
    return "".join(secrets.choice(_BASE62) for _ in range(length))
