"""What the demo works with: the generated documents, the entity, the truth, the runbooks."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ntro_cli.errors import CommandError

_PACKAGE = Path(__file__).parents[1]
_SHIPPED = _PACKAGE / "shipped"
_CHECKOUT = _PACKAGE.parents[3]
RUNBOOKS = ("document-ingest", "nav-monthly", "nav-monthly-journals", "expense-processor")
GENERATE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Material:
    """The generated month below `folder`."""

    folder: Path
    entity: dict[str, Any]
    truth: dict[str, Any]

    def documents(self, source: str) -> list[Path]:
        """The files for one slot."""
        return sorted((self.folder / "documents" / source).glob("*"))


def runbook_folder(slug: str) -> Path:
    """Where a runbook's bundle lies: in this installation, or in the checkout it was installed from."""
    return _found("runbooks") / slug


def generate(folder: Path) -> Material:
    """Writes the demo month to `folder` and reads it back.

    Raises:
        CommandError: this installation lacks the demo, or it cannot be written.
    """
    script = _found("demo") / "generate.py"
    done = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, str(script), str(folder)],
        capture_output=True,
        text=True,
        timeout=GENERATE_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(f"The demo's documents could not be written to {folder}: {done.stderr.strip()[-500:]}")
    return Material(folder, _json(folder / "entity.json"), _json(folder / "truth.json"))


def _found(name: str) -> Path:
    for place in (_SHIPPED / name, _CHECKOUT / ("examples/demo" if name == "demo" else name)):
        if place.is_dir():
            return place
    raise CommandError(f"This installation of ntro has no {name}.", hint="Install ntro-cli anew, or use a checkout.")


def _json(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
