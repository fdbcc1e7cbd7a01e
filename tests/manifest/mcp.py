"""The MCP server, through which coding agents work."""

from manifest.requirement import MCP, Requirement

REQUIREMENTS = (
    Requirement(
        "MCP-1",
        "seed: register-agents; http contract 6",
        "Every published tool, resource and prompt is offered with the arguments that their users write.",
        (f"{MCP}/test_mcp_reference.py", f"{MCP}/test_mcp_resources.py"),
    ),
    Requirement(
        "MCP-2",
        "http contract 6",
        "Tools of Workspace: platforms, tenants, entities, agents, workflows, runs, in pages and bounded waits.",
        (f"{MCP}/test_mcp_workspace_tools.py", f"{MCP}/test_mcp_parts.py"),
    ),
    Requirement(
        "MCP-3",
        "http contract 6; system: agents",
        "Tools of a task: what it waits for is read, documents and data handed in, steps reported; signing is left to "
        "people.",
        (f"{MCP}/test_mcp_task_tools.py",),
    ),
    Requirement(
        "MCP-4",
        "seed: how-it-works",
        "A coding agent makes, validates, rehearses, plans and deploys a runbook.",
        (f"{MCP}/test_mcp_authoring.py", "tests/browser/test_browser_mcp.py"),
    ),
    Requirement(
        "MCP-6",
        "seed: how-it-works",
        "An author of runbooks reads what people corrected and remarked; an agent's own key does not.",
        (f"{MCP}/test_mcp_corrections.py",),
    ),
    Requirement(
        "MCP-5",
        "system: doors",
        "Over stdio and over HTTP every tool answers; over HTTP each caller works with its own key, from allowed "
        "origins.",
        (f"{MCP}/test_mcp_transports.py",),
    ),
)
