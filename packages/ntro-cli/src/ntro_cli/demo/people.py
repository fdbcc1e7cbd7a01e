"""The two people of the demo: who prepares, and who signs. Each has a key of their own."""

import json
from dataclasses import dataclass
from pathlib import Path

from ntro.workspace.client import Client
from ntro.workspace.errors import AuthenticationError
from ntro.workspace.models import Tenant

PREPARER = "Ada Accountant"
SIGNER = "Ruth Reviewer"


@dataclass(frozen=True, slots=True)
class People:
    """Clients that act as the one and as the other."""

    preparer: Client
    signer: Client


def people(client: Client, host: str, tenant: Tenant, keys_file: Path) -> People:
    """The two, with the keys of an earlier demo where they still work."""
    keys = json.loads(keys_file.read_text(encoding="utf-8")) if keys_file.exists() else {}
    found = {}
    for name in (PREPARER, SIGNER):
        key = keys.get(name)
        if key is None or not works(host, key):
            keys[name] = key = client.keys.create_sync(name, kind="tenant", tenant=tenant.slug).apiKey
        found[name] = Client(host=host, api_key=key)
    save(keys, keys_file)
    return People(found[PREPARER], found[SIGNER])


def works(host: str, key: str) -> bool:
    """Whether Workspace still takes the key."""
    with Client(host=host, api_key=key) as client:
        try:
            client.identity.whoami_sync()
        except AuthenticationError:
            return False
    return True


def save(keys: dict[str, str], keys_file: Path) -> None:
    """Writes the keys so that only their owner reads them."""
    keys_file.touch(mode=0o600)
    keys_file.chmod(0o600)
    keys_file.write_text(json.dumps(keys, indent=2) + "\n", encoding="utf-8")
