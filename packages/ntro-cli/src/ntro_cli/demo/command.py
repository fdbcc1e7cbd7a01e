"""The `ntro demo` command."""

from pathlib import Path
from typing import Annotated

import typer

from ntro.workspace.cell import CellClient, CellTask
from ntro.workspace.client import Client
from ntro_cli.demo.close import Close
from ntro_cli.demo.material import Material, generate
from ntro_cli.demo.people import people
from ntro_cli.demo.setting_up import DemoTask, set_up
from ntro_cli.errors import CommandError
from ntro_cli.invocation import invocation_of
from ntro_cli.output import Output
from ntro_cli.patience import patiently
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.up import bring_up


def demo(
    context: typer.Context,
    *,
    port_base: Annotated[int | None, typer.Option(help="First port of the stack, where it has none yet.")] = None,
) -> None:
    """Closes a month for one entity through every gate; leaves the stack running."""
    out = invocation_of(context).out
    paths = StackPaths.of_environment()
    workspace = bring_up(paths, port_base=port_base, demo=True, out=out).workspace
    folder = paths.home / "demo"
    material = generate(folder)
    with Client(host=workspace.url, api_key=workspace.api_key) as client:
        out.say("Setting up")
        prepared = patiently(lambda: set_up(client, material, out))
        staff = patiently(lambda: people(client, workspace.url, prepared.tenant, folder / "keys.json"))
        out.say(f"Closing {material.truth['period']} for {prepared.entity.name}")
        preparer = staff.preparer.cell(prepared.tenant.slug)
        task = Close(preparer, staff.signer.cell(prepared.tenant.slug), prepared.task.id, material, out).drive()
        pack = download_pack(preparer, task, folder / "pack")
        link = patiently(lambda: client.tenants.sign_in_link_sync(prepared.tenant.slug))
    report(out, prepared, task, pack, link.url, material)


def download_pack(cell: CellClient, task: CellTask, folder: Path) -> list[Path]:
    """The pack's files on this disk."""
    folder.mkdir(parents=True, exist_ok=True)
    return [download(cell, task.id, item, folder) for item in task.result.get("pack", [])]


def download(cell: CellClient, task: str, item: dict[str, str], folder: Path) -> Path:
    """One file of the pack."""
    return patiently(lambda: cell.files.download_sync(task, item["document_ref"], folder / item["filename"]))


def report(out: Output, prepared: DemoTask, task: CellTask, pack: list[Path], link: str, material: Material) -> None:
    """Says what the month came to, and holds it against the truth.

    Raises:
        CommandError: the NAV is not the known one.
    """
    result = task.result
    ui_url = (prepared.tenant.uiUrl or "").rstrip("/")
    if out.is_json:
        out.document(
            {
                "task": task.id,
                "nav": result["nav"],
                "nav_per_share": result["nav_per_share"],
                "currency": result["currency"],
                "pack": [str(path) for path in pack],
                "ui_url": f"{ui_url}/tasks/{task.id}",
                "sign_in_url": link,
            }
        )
    out.text(f"NAV            {result['currency']} {result['nav']}")
    out.text(f"NAV per share  {result['currency']} {result['nav_per_share']}")
    for path in pack:
        out.text(f"Pack           {path}")
    out.text(f"Task           {ui_url}/tasks/{task.id}")
    out.text(f"Sign in        {link}")
    known = {name: material.truth[name] for name in ("nav", "nav_per_share")}
    if {name: result[name] for name in known} != known:
        raise CommandError(f"The NAV should be {known['nav']} and {known['nav_per_share']} per share.")
