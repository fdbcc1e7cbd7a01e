"""`/health`, without a key."""

from fastapi import APIRouter

router = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> dict[str, str]:
    """Workspace serves. Temporal may be down meanwhile: commands wait in the outbox."""
    return {"status": "ok"}
