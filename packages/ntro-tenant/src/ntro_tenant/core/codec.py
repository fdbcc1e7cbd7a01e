"""The payload codec of a cell: what Temporal stores of a run, only this cell can read.

A payload is serialised, compressed above 4 KB where that helps, and encrypted with AES-256-GCM. The tenant id and the
key id are authenticated with it, so a payload of another tenant or under another key's name does not open. What is
above 64 KB after that is kept in the tenant's database under the SHA-256 of its stored bytes; Temporal gets the digest.
"""

import asyncio
import base64
import binascii
import hashlib
import os
import zlib
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from ntro_tenant.settings import CellSettings

ENCRYPTED = b"binary/ntro-encrypted"
STORED = b"binary/ntro-stored"
COMPRESS_ABOVE = 4 * 1024
STORE_ABOVE = 64 * 1024
_IN_THREAD_ABOVE = 64 * 1024
_KEY_BYTES = 32
_NONCE_BYTES = 12
_DOMAIN = b"ntro payload v1\x00"
_RAW, _ZLIB = b"\x00", b"\x01"
_FASTEST = 1


class CodecError(ValueError):
    """A payload is not ours, was changed, is of another tenant, or its key or stored part is missing here."""


class PayloadStore(Protocol):
    """Keeps large payloads by the SHA-256 of their bytes."""

    async def put(self, sha256: str, data: bytes) -> None:
        """Stores `data`; the same digest again changes nothing."""

    async def get(self, sha256: str) -> bytes | None:
        """The bytes stored under `sha256`, or None."""


class KeyRing:
    """The payload keys of a cell: the active one encrypts, all of them decrypt."""

    def __init__(self, tenant_id: UUID, keys: dict[str, bytes], active: str) -> None:
        """Takes 32-byte keys by id.

        Raises:
            CodecError: a key has not 32 bytes, or `active` names none of them.
        """
        if active not in keys:
            raise CodecError(f"The active payload key {active} is not among the payload keys of the settings.")
        if short := [key_id for key_id, key in keys.items() if len(key) != _KEY_BYTES]:
            raise CodecError(f"The payload key {short[0]} does not have 32 bytes.")
        self.active = active
        self._tenant_id = tenant_id
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}

    @classmethod
    def of(cls, settings: CellSettings) -> "KeyRing":
        """The ring of a cell's settings, where keys are base64url text."""
        keys = {key_id: _key_bytes(key_id, key.get_secret_value()) for key_id, key in settings.payload_keys.items()}
        return cls(settings.tenant_id, keys, settings.active_payload_key)

    def encrypt(self, plain: bytes) -> bytes:
        """`plain` under the active key, with a fresh nonce before it."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._ciphers[self.active].encrypt(nonce, plain, self._bound_to(self.active))

    def decrypt(self, key_id: str, sealed: bytes) -> bytes:
        """The bytes that were encrypted.

        Raises:
            CodecError: the key is unknown here, or the bytes were changed or belong to another tenant.
        """
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CodecError(f"The payload key {key_id} is not in this cell's settings; add it to payload_keys.")
        try:
            return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound_to(key_id))
        except (InvalidTag, ValueError) as error:
            raise CodecError("A payload was changed after it was encrypted, or belongs to another tenant.") from error

    def _bound_to(self, key_id: str) -> bytes:
        return _DOMAIN + self._tenant_id.bytes + key_id.encode()


class CellCodec(PayloadCodec):
    """Encrypts every payload that leaves the process and refuses every payload that this cell did not encrypt."""

    def __init__(self, ring: KeyRing, store: PayloadStore) -> None:
        self._ring = ring
        self._store = store

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads encrypted, large ones by reference."""
        return [await self._encode(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """The payloads as they were before `encode`.

        Raises:
            CodecError: a payload was not encrypted by this cell, was changed, or its stored part is missing.
        """
        return [await self._decode(payload) for payload in payloads]

    async def _encode(self, payload: Payload) -> Payload:
        plain = payload.SerializeToString()
        if len(plain) > _IN_THREAD_ABOVE:
            sealed = await asyncio.to_thread(self._seal, plain)
        else:
            sealed = self._seal(plain)
        key_id = self._ring.active.encode()
        if len(sealed) <= STORE_ABOVE:
            return Payload(metadata={"encoding": ENCRYPTED, "key-id": key_id}, data=sealed)
        digest = hashlib.sha256(sealed).hexdigest()
        await self._store.put(digest, sealed)
        return Payload(metadata={"encoding": STORED, "key-id": key_id}, data=digest.encode())

    async def _decode(self, payload: Payload) -> Payload:
        encoding = payload.metadata.get("encoding", b"")
        if encoding not in {ENCRYPTED, STORED}:
            raise CodecError(f"A payload with the encoding {encoding.decode(errors='replace')} is not of this cell.")
        sealed = payload.data if encoding == ENCRYPTED else await self._stored(payload.data.decode(errors="replace"))
        key_id = payload.metadata.get("key-id", b"").decode(errors="replace")
        if len(sealed) > _IN_THREAD_ABOVE:
            plain = await asyncio.to_thread(self._open, key_id, sealed)
        else:
            plain = self._open(key_id, sealed)
        return Payload.FromString(plain)

    async def _stored(self, digest: str) -> bytes:
        data = await self._store.get(digest)
        if data is None:
            raise CodecError(f"The stored payload {digest} is missing from this cell's database.")
        if hashlib.sha256(data).hexdigest() != digest:
            raise CodecError(f"The stored payload {digest} was changed.")
        return data

    def _seal(self, plain: bytes) -> bytes:
        if len(plain) > COMPRESS_ABOVE:
            packed = zlib.compress(plain, _FASTEST)
            if len(packed) < len(plain):
                return self._ring.encrypt(_ZLIB + packed)
        return self._ring.encrypt(_RAW + plain)

    def _open(self, key_id: str, sealed: bytes) -> bytes:
        marked = self._ring.decrypt(key_id, sealed)
        return zlib.decompress(marked[1:]) if marked[:1] == _ZLIB else marked[1:]


def _key_bytes(key_id: str, text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise CodecError(f"The payload key {key_id} is not base64url.") from error
