"""The public half of the signing key."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key


def public_half(private_key_pem: str) -> str:
    """PEM of the public key that belongs to an Ed25519 private key in PEM.

    Raises:
        ValueError: it is no Ed25519 private key.
    """
    key = load_pem_private_key(private_key_pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("The signing key is not an Ed25519 key.")  # noqa: TRY004  # the value is of the wrong kind
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
