"""Puts the pages, what they load and what their forms do into the application."""

from fastapi import FastAPI

from ntro_server.kit.assets import HashedFiles
from ntro_tenant.ui import agent_forms, forms, pages
from ntro_tenant.ui.rendering import ASSETS


def install_pages(app: FastAPI) -> None:
    """Adds the pages to `app`; addresses that nothing else answers come last."""
    app.include_router(pages.router)
    app.include_router(forms.router)
    app.include_router(agent_forms.router)
    app.mount("/static", HashedFiles(ASSETS), name="static")
    app.include_router(pages.otherwise)
