"""What agent-drill is given and what it leaves."""

from pydantic import BaseModel, ConfigDict


class AgentDrillContext(BaseModel):
    """The agent that is asked."""

    model_config = ConfigDict(extra="ignore")

    agent: str


class Drafted(BaseModel):
    """How the session ended, and the names of the files that came back."""

    status: str
    session: str
    files: list[str]
