"""Agents that other platforms host, invoked from a step of a run or from an activity."""

from ntro.workflow.agents._invoke import invoke
from ntro.workflow.agents.models import AgentOutputFile, AgentResult
from ntro.workflow.agents.providers import (
    AgentHostError,
    ManagedAgentProvider,
    ProviderFileRef,
    SessionRef,
    SessionStatus,
)

__all__ = [
    "AgentHostError",
    "AgentOutputFile",
    "AgentResult",
    "ManagedAgentProvider",
    "ProviderFileRef",
    "SessionRef",
    "SessionStatus",
    "invoke",
]
