"""What the pages of both servers stand on: addresses that change with content, and text that is never markup."""

from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from ntro_server.kit.assets import FOREVER, SHORTLY, Assets, HashedFiles
from ntro_server.kit.rendering import Templates


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "own.js").write_text("1")
    return Assets(tmp_path)


async def test_an_address_with_the_right_hash_is_kept_for_a_year_and_any_other_shortly(assets: Assets):
    app = Starlette(routes=[Mount("/static", HashedFiles(assets))])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as browser:
        for name in ("own.js", "app.css"):
            kept = await browser.get(assets.address(name))
            assert (kept.status_code, kept.headers["cache-control"]) == (200, FOREVER)
            assert (await browser.get(f"/static/{name}?v=old")).headers["cache-control"] == SHORTLY
        assert (await browser.get("/static/none.js")).status_code == 404
        assert (await browser.get("/static/../assets.py")).status_code == 404


def test_a_servers_own_file_wins_over_the_shared_one(assets: Assets, tmp_path: Path):
    shared = assets.digest("icon.svg")
    (tmp_path / "icon.svg").write_text("<svg/>")
    assert Assets(tmp_path).digest("icon.svg") != shared


def test_a_file_that_is_not_there_is_told_when_the_page_is_written(assets: Assets):
    with pytest.raises(FileNotFoundError):
        assets.address("none.js")


def test_what_is_put_into_a_template_is_text(assets: Assets, tmp_path: Path):
    (tmp_path / "p.html").write_text("{{ icon('x') }}{{ name }}")
    answer = Templates(tmp_path, assets, {}).page("p.html", name="<script>")
    assert b"&lt;script&gt;" in answer.body
    assert b"<svg" in answer.body
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
