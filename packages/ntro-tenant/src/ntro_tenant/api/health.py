"""Whether the process serves."""

from fastapi import APIRouter

from ntro_tenant.api import schemas

router = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> schemas.Health:
    """Answers while the process serves, whatever the state of Temporal and Workspace."""
    return schemas.Health()
