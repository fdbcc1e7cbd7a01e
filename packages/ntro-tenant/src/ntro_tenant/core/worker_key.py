"""The key by which the cell's API knows the cell's own workers.

It follows from a secret that both have, so nothing more is kept or handed out, and it opens no other door.
"""

import hmac
from hashlib import sha256

from ntro_tenant.settings import CellSettings

_PURPOSE = b"ntro: events of workers"


def worker_key(settings: CellSettings) -> str:
    """The key of this cell's workers."""
    return hmac.new(settings.session_secret.get_secret_value().encode(), _PURPOSE, sha256).hexdigest()


def is_worker_key(settings: CellSettings, given: str) -> bool:
    """Whether `given` is that key; takes as long whatever is given."""
    return hmac.compare_digest(worker_key(settings).encode(), given.encode())
