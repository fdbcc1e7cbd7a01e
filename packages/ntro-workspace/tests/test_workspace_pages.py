"""Lists: whole unless a page is asked for; pages that neither lose nor repeat; versions of what is read and changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntro_server.errors import Invalid
from ntro_workspace import pages
from ntro_workspace.api.paging import paged
from ntro_workspace.pages import PageRequest

LISTS = (
    "/workspace/tenants",
    "/workspace/entities",
    "/workspace/data",
    "/workspace/integrations",
    "/workspace/registry/agents",
    "/workspace/registry/workflows",
    "/workspace/tasks",
    "/workspace/incoming",
    "/workspace/pending",
    "/workspace/schedule",
    "/workspace/keys",
    "/workspace/users",
    "/runbooks",
)


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_is_whole_unless_a_page_is_asked_for(api: httpx2.AsyncClient, path: str):
    whole = (await api.get(path)).json()
    page = (await api.get(f"{path}?limit=5")).json()
    assert [row["id"] for row in page["items"]] == [row["id"] for row in whole[:5]]
    assert page["nextCursor"] is None
    for query in ("limit=0", "limit=1001", "limit=x", "cursor=no", "cursor=WzEsMiwzXQ", "cursor=bnVsbA"):
        assert (await api.get(f"{path}?{query}")).status_code == 422, query


async def walked(api: httpx2.AsyncClient, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        joint = "&" if "?" in path else "?"
        page = (await api.get(f"{path}{joint}limit={limit}{cursor}")).json()
        found += page["items"]
        if page["nextCursor"] is None:
            return found
        cursor = f"&cursor={page['nextCursor']}"


async def test_pages_put_together_are_the_list(api: httpx2.AsyncClient, tenant: Any):
    for number in range(7):
        body = {"name": f"E{number}", "slug": f"e{number}"}
        assert (await api.post(f"/workspace/tenants/{tenant.slug}/entities", json=body)).status_code == 201
    for path in ("/workspace/entities", f"/workspace/tenants/{tenant.slug}/entities"):
        whole = (await api.get(path)).json()
        assert await walked(api, path, 3) == whole
        assert len(whole) == 7


async def test_pages_of_tasks_stay_where_they_were_while_tasks_come(
    api: httpx2.AsyncClient, tenant: Any, entity: dict[str, Any], binding: dict[str, Any], database_url: str
):
    connection = await asyncpg.connect(database_url)
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    async def enter(numbers: range, since: datetime) -> None:
        for number in numbers:
            await connection.execute(
                """insert into tasks (id, tenant_id, entity_id, workflow_id, runbook_slug, period, status, created_at)
                   values (gen_random_uuid(), $1, $2, $3, 'nav-monthly', '2026-03', 'BLOCKED', $4)""",
                UUID(tenant.id),
                UUID(entity["id"]),
                UUID(binding["id"]),
                since + timedelta(seconds=number // 3),
            )

    await enter(range(10), noon)
    whole = (await api.get("/workspace/tasks")).json()
    history = f"/workspace/tenants/{tenant.slug}/entities/{entity['slug']}/tasks"
    for path in (
        "/workspace/tasks",
        "/workspace/pending",
        f"/workspace/tasks?tenantId={tenant.slug}&period=2026-03",
        history,
    ):
        assert await walked(api, path, 4) == whole
    first = (await api.get("/workspace/tasks?limit=4")).json()
    await enter(range(5), noon + timedelta(hours=1))
    second = (await api.get(f"/workspace/tasks?limit=4&cursor={first['nextCursor']}")).json()
    assert first["items"] + second["items"] == whole[:8]
    assert (await api.get(f"/workspace/tasks/{whole[0]['id']}")).json() == whole[0]
    await connection.close()


@given(st.text(max_size=60))
def test_no_text_breaks_a_cursor(text: str):
    for read in (pages.moment_of, pages.number_of, pages.position_of):
        try:
            read(text)
        except Invalid:
            continue


@given(st.lists(st.integers(0, 99), unique=True, max_size=30), st.integers(1, 7), st.data())
def test_a_page_goes_on_behind_what_was_shown_even_where_items_go(items: list[int], limit: int, data: st.DataObject):
    wanted = PageRequest(limit)
    seen: list[int] = []
    left = list(items)
    while True:
        page = paged(left, wanted, str)
        assert not isinstance(page, list)
        seen += page.items
        if page.nextCursor is None:
            break
        if page.items and data.draw(st.booleans()):
            left.remove(page.items[0])
        wanted = PageRequest(limit, page.nextCursor)
    assert len(seen) == len(set(seen))
    assert set(left) <= set(seen)


async def test_who_was_slower_is_told_so(api: httpx2.AsyncClient, tenant: Any, binding: dict[str, Any]):
    for path, change in (
        (f"/workspace/tenants/{tenant.slug}", {"config": {"a": 1}}),
        (f"/workspace/tenants/{tenant.slug}/entities/spv1", {"config": {"a": 1}}),
        (f"/workspace/registry/workflows/{binding['id']}", {"description": "d"}),
    ):
        read = (await api.get(path)).headers["etag"]
        done = await api.patch(path, json=change, headers={"If-Match": read})
        assert done.status_code == 200, done.text
        assert done.headers["etag"] != read
        late = await api.patch(path, json=change, headers={"If-Match": read})
        assert late.status_code == 412
        assert late.json()["code"] == "precondition_failed"
        now = (await api.get(path)).headers["etag"]
        assert now == done.headers["etag"]
        for tags in (f'"x", {now}', "*"):
            again = await api.patch(path, json=change, headers={"If-Match": tags})
            assert again.status_code == 200
            now = again.headers["etag"]
        assert (await api.patch(path, json=change)).status_code == 200


async def test_a_new_entity_changes_no_version_of_its_tenant(api: httpx2.AsyncClient, tenant: Any):
    path = f"/workspace/tenants/{tenant.slug}"
    before = (await api.get(path)).headers["etag"]
    await api.post(f"{path}/entities", json={"name": "B", "slug": "b"})
    assert (await api.get(path)).headers["etag"] == before
