"""Secrets in configuration: opened in the worker they were sealed for, closed everywhere else."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from ntro.capabilities.sealed import SealedSecretError, opened, register_opener
from ntro.workspace.sealing import new_key_pair, seal, unseal

TENANT = uuid4()
PRIVATE, PUBLIC = new_key_pair()


def sealed(text: str) -> dict[str, str]:
    return {"sealed": seal(text.encode(), public_key=PUBLIC, tenant_id=TENANT)}


@pytest.fixture
def opener() -> Iterator[None]:
    register_opener(lambda text: unseal(text, private_key=PRIVATE, tenant_id=TENANT).decode())
    yield
    register_opener(None)


@pytest.mark.usefixtures("opener")
def test_sealed_secrets_are_opened_wherever_they_are_and_nothing_else_changes():
    section = {"provider": "apideck", "options": {"key": sealed("s1"), "status": None}, "more": [sealed("s2"), 3]}
    found = opened(section)
    assert found == {"provider": "apideck", "options": {"key": "s1", "status": None}, "more": ["s2", 3]}
    assert "s1" not in repr(found)


@pytest.mark.usefixtures("opener")
def test_what_was_sealed_for_another_cell_is_refused_by_its_place():
    _, other = new_key_pair()
    text = seal(b"s1", public_key=other, tenant_id=TENANT)
    with pytest.raises(SealedSecretError) as refused:
        opened({"gl": {"key": {"sealed": text}}})
    assert "gl.key" in str(refused.value)


def test_outside_the_worker_a_sealed_secret_stays_closed():
    with pytest.raises(SealedSecretError):
        opened({"key": sealed("s1")})
