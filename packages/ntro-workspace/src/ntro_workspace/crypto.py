"""Encryption at rest of the little that Workspace keeps but must not show: AES-256-GCM under a key from the pepper."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class VaultError(RuntimeError):
    """What was stored cannot be opened: it is damaged, in the wrong place, or the pepper has changed."""


class Vault:
    """Encrypts bytes bound to the place they are stored in."""

    def __init__(self, pepper: bytes) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"ntro workspace vault v1").derive(pepper))

    def close(self, plain: bytes, *, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, closed: bytes, *, place: str) -> bytes:
        """What was closed for the same place.

        Raises:
            VaultError: it cannot be opened.
        """
        try:
            return self._cipher.decrypt(closed[:_NONCE_BYTES], closed[_NONCE_BYTES:], place.encode())
        except InvalidTag as error:
            raise VaultError("A stored value cannot be opened; was the pepper changed?") from error
