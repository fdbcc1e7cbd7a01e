"""A tenant full of canaries on the shared stack."""

import random
from collections.abc import Iterator

import pytest
from tests.conftest import Stack
from tests.security.canaries import Canaries

from ntro.workspace.client import Client


@pytest.fixture(scope="session")
def operator(stack: Stack) -> Iterator[Client]:
    """The operator's client of the stack."""
    workspace = stack.up()["workspace"]
    with Client(host=workspace["url"], api_key=workspace["api_key"]) as client:
        yield client


@pytest.fixture(scope="session")
def planted(stack: Stack, operator: Client, tmp_path_factory: pytest.TempPathFactory) -> Canaries:
    """Canaries in documents, rows, names, comments, corrections, contexts, planted in runs that have ended."""
    from tests.security.planting import Planter

    canaries = Canaries(random.SystemRandom())
    Planter(stack, operator, canaries, tmp_path_factory.mktemp("canaries")).plant()
    return canaries
