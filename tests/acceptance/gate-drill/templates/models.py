"""What gate-drill is given and what it leaves."""

from pydantic import BaseModel, ConfigDict


class GateDrillContext(BaseModel):
    """Whether the second gate asks for a second person."""

    model_config = ConfigDict(extra="ignore")

    four_eyes: bool = False
    figure: str = "12.50"


class Drilled(BaseModel):
    """What was decided at the two gates, and by whom."""

    prepared: str
    prepared_by: str | None
    signed: str
    signed_by: str | None
