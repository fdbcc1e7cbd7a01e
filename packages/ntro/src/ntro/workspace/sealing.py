"""Sealing: what is sealed to a cell's public key can be read by that cell alone, not by who carries it.

X25519 with a fresh key per message, HKDF-SHA256, AES-256-GCM; the tenant id is authenticated with it.
Layout: version byte, 32 bytes of ephemeral public key, 12 bytes of nonce, ciphertext; the whole base64url.
"""

import base64
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"\x01"
_INFO = b"ntro sealed to cell v1"
_KEY_BYTES = 32
_NONCE_BYTES = 12


class SealError(ValueError):
    """The sealed text is damaged, or sealed to another cell."""


def new_key_pair() -> tuple[str, str]:
    """A fresh pair `(private, public)`, each base64url of 32 raw bytes."""
    private = X25519PrivateKey.generate()
    return _text(private.private_bytes_raw()), _text(private.public_key().public_bytes_raw())


def seal(plain: bytes, *, public_key: str, tenant_id: UUID) -> str:
    """`plain` sealed to `public_key` for `tenant_id`."""
    ephemeral = X25519PrivateKey.generate()
    sender = ephemeral.public_key().public_bytes_raw()
    recipient = _bytes(public_key)
    key = _derive(ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient)), sender, recipient)
    nonce = os.urandom(_NONCE_BYTES)
    return _text(_VERSION + sender + nonce + AESGCM(key).encrypt(nonce, plain, tenant_id.bytes))


def unseal(sealed: str, *, private_key: str, tenant_id: UUID) -> bytes:
    """The bytes that were sealed.

    Raises:
        SealError: `sealed` is damaged, of an unknown version, or not for this key and tenant.
    """
    try:
        raw = _bytes(sealed)
        if raw[:1] != _VERSION:
            raise SealError("The sealed text has an unknown version.")
        sender, nonce, body = raw[1:33], raw[33:45], raw[45:]
        private = X25519PrivateKey.from_private_bytes(_bytes(private_key))
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        key = _derive(shared, sender, private.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(nonce, body, tenant_id.bytes)
    except (InvalidTag, ValueError) as error:
        raise SealError("The sealed text is damaged or sealed to another cell.") from error


def _derive(shared: bytes, sender: bytes, recipient: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=sender + recipient, info=_INFO).derive(shared)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
