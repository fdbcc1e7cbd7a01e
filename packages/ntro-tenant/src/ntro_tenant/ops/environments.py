"""Python environments of runbook versions: the runbook's own pins first, the platform's packages after them."""

import asyncio
import re
import shutil
import sys
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

INSTALL_SECONDS = 600
_PLATFORM_NAME = re.compile(r"^ntro(?![a-z0-9])", re.IGNORECASE)
_REQUIREMENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\s*(\[[A-Za-z0-9._, -]*\])?\s*([=<>!~][^/@\\]*)?$")
_READY = ".ntro-ready"
_PLATFORM_PTH = "zz_ntro_platform.pth"
_OUTPUT_TAIL = 1500


class EnvironmentBuildError(RuntimeError):
    """The environment of a runbook's version could not be built; the message holds the installer's last words."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """Lines of a `requirements.txt`: those to install, and the names that the platform provides instead."""

    pins: list[str]
    from_platform: list[str]


def read_requirements(bundle: Path) -> Requirements:
    """The requirements of a bundle. Names that begin with `ntro` are the platform's and never come from an index.

    Raises:
        EnvironmentBuildError: a line holds an installer's option, or a place instead of a name.
    """
    pins: list[str] = []
    from_platform: list[str] = []
    for path in (bundle / "requirements.txt", bundle / "templates" / "requirements.txt"):
        for number, raw in enumerate(path.read_text("utf-8").splitlines() if path.is_file() else [], start=1):
            line = raw.split(" #")[0].strip()
            if not line or line.startswith("#"):
                continue
            if not _REQUIREMENT.match(line):
                raise EnvironmentBuildError(
                    f"Line {number} of requirements.txt is not a plain requirement; write name==version."
                )
            (from_platform if _PLATFORM_NAME.match(line) else pins).append(line)
    return Requirements(pins, from_platform)


async def build_environment(folder: Path, bundle: Path) -> Path:
    """The Python of the environment at `folder`, built first where it is not there. Without pins nothing is fetched.

    Raises:
        EnvironmentBuildError: a requirement is malformed or cannot be installed.
    """
    python = folder / "bin" / "python"
    if (folder / _READY).exists():
        return python
    requirements = read_requirements(bundle)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    await _uv("venv", "--python", sys.executable, "--no-project", str(folder))
    if requirements.pins:
        await _install(folder, python, requirements.pins)
    _add_platform(folder)
    (folder / _READY).touch()
    return python


async def _install(folder: Path, python: Path, pins: list[str]) -> None:
    wanted = folder / "requirements.txt"
    wanted.write_text("\n".join(pins) + "\n", "utf-8")
    excluded = folder / "platform.txt"
    excluded.write_text("\n".join(_platform_names()) + "\n", "utf-8")
    # No source builds: what is installed runs no code of its own before it is imported.
    options = ["--no-build", "--no-config", "--excludes", str(excluded)]
    await _uv("pip", "install", "--python", str(python), *options, "-r", str(wanted))


def _platform_names() -> list[str]:
    names = ("ntro", "ntro-server", "ntro-tenant", "ntro-workspace", "ntro-cli", "ntro-mcp", "ntro-core")
    return [*names, "ntro-providers", "ntro-provider-local", "ntro-provider-anthropic"]


def _add_platform(folder: Path) -> None:
    # Its name sorts last and `addsitedir` appends, so the environment's own packages win; it also runs the platform's
    # own .pth files, which editable installs need.
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    own = folder / "lib" / version / "site-packages"
    lines = (f"import site; site.addsitedir({place!r})" for place in sorted(_platform_places()))
    (own / _PLATFORM_PTH).write_text("\n".join(lines) + "\n", "utf-8")


def _platform_places() -> set[str]:
    return {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}


async def _uv(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        find_uv_bin(), "--quiet", "--system-certs", *arguments, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
    )
    try:
        async with asyncio.timeout(INSTALL_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        raise EnvironmentBuildError(f"Installing took longer than {INSTALL_SECONDS} s.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise EnvironmentBuildError(output.decode(errors="replace")[-_OUTPUT_TAIL:].strip())
