"""Ours pin each other to versions the public index lacks, so no install can fetch somebody else's code by our names."""

import re
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECTS = sorted((ROOT / "packages").glob("*/pyproject.toml"))
NAMES = sorted(path.parent.name for path in PROJECTS)
# The newest release under any of our names that is on the public index belongs to others; ours start above it.
FIRST_OF_OURS = (1, 0, 0)


def project(path: Path) -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads(path.read_text())["project"]
    return loaded


def requirements(path: Path) -> list[str]:
    found = project(path)
    extras = found.get("optional-dependencies", {})
    assert isinstance(extras, dict)
    return [*found["dependencies"], *(line for lines in extras.values() for line in lines)]  # type: ignore[misc]  # TOML has no types


def own(requirement: str) -> str | None:
    name = re.split(r"[\[=<>~! ;]", requirement, maxsplit=1)[0]
    return name if name == "ntro" or name.startswith("ntro-") else None


def test_all_distributions_carry_one_version_that_is_ours_alone() -> None:
    versions = {str(project(path)["version"]) for path in PROJECTS}
    assert len(versions) == 1
    assert tuple(map(int, versions.pop().split("."))) >= FIRST_OF_OURS


@pytest.mark.parametrize("path", PROJECTS, ids=NAMES)
def test_each_pins_ours_exactly(path: Path) -> None:
    expected = str(project(path)["version"])
    for requirement in requirements(path):
        if (name := own(requirement)) is not None:
            assert name in NAMES
            assert re.fullmatch(rf"{name}(\[[a-z,]+\])?=={re.escape(expected)}", requirement.strip()), requirement


@pytest.mark.parametrize("name", NAMES)
def test_the_installed_metadata_says_the_same(name: str) -> None:
    installed = version(name)
    assert tuple(map(int, installed.split("."))) >= FIRST_OF_OURS
    for requirement in requires(name) or []:
        if own(requirement) is not None:
            assert f"=={installed}" in requirement.replace(" ", "")


def test_the_lock_holds_names_versions_and_hashes_only_and_none_of_ours() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE | re.IGNORECASE)
    assert pinned
    assert not [name for name in pinned if own(name)]
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert all("--hash=sha256:" in block for block in blocks)
