"""Which provider serves which kind of agent. Other packages add kinds by the entry point group `ntro.agents`.

Such an entry point is named for its kind and loads a function of `RegisteredAgent` and `AgentSettings` that returns
a `ManagedAgentProvider`.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points

from ntro.agents.registry import RegisteredAgent
from ntro.agents.settings import AgentSettings
from ntro.workflow.agents.providers import AgentHostError, ManagedAgentProvider

ENTRY_POINTS = "ntro.agents"
NOT_CONNECTED = frozenset({"azure_ai_agent", "vertex_agent", "openai_assistant"})
"""Kinds that may be registered and that no provider of this package serves."""

_BUILT_IN = {
    "claude_managed": "ntro.agents.claude:claude_provider",
    "copilot_agent": "ntro.agents.copilot:copilot_provider",
}

Factory = Callable[[RegisteredAgent, AgentSettings], ManagedAgentProvider]


def provider_of(agent: RegisteredAgent, settings: AgentSettings) -> ManagedAgentProvider:
    """The provider of the agent's kind. Loading one takes a second; call it off the event loop.

    Raises:
        AgentHostError: nothing serves that kind, or its key is missing.
    """
    return _factory(agent.kind)(agent, settings)


def _factory(kind: str) -> Factory:
    for found in entry_points(group=ENTRY_POINTS, name=kind):
        factory: Factory = found.load()
        return factory
    if kind in _BUILT_IN:
        module, _, name = _BUILT_IN[kind].partition(":")
        built_in: Factory = getattr(import_module(module), name)
        return built_in
    known = ", ".join(sorted(_BUILT_IN))
    state = "is not connected here" if kind in NOT_CONNECTED else "is unknown"
    raise AgentHostError(
        f"The kind of agent {kind} {state}. Served are {known}; a package can add a kind by the entry point group "
        f"{ENTRY_POINTS}.",
        retryable=False,
    )
