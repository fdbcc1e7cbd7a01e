"""Agents that other platforms host."""

from manifest.requirement import AGENTS, CELL, CELL_API, CLI, MCP, SDK, WHOLE, WORKSPACE, Requirement, of

CLAUDE = f"{AGENTS}/test_agents_claude_sessions.py"
FILES = f"{AGENTS}/test_agents_files.py"
RUNS = f"{AGENTS}/test_agents_runs.py"
VALUES = f"{SDK}/test_contract_values.py"

REQUIREMENTS = (
    Requirement(
        "AGENT-1",
        "seed: register-agents",
        "An agent is registered by the path of its host, with a key of its own that is shown once and dies with it.",
        of(f"{WORKSPACE}/test_workspace_registry.py", "an_agent_gets_its_key_once_and_dies_with_it")
        + of(f"{WORKSPACE}/test_workspace_notifications.py", "an_agent_is_registered_by_its_path")
        + of(
            f"{CLI}/test_cli_seed_samples.py",
            "registering_an_agent_prints_its_id_its_reference_and_its_key_once",
            "the_other_commands_of_the_table_call_what_it_names",
        ),
    ),
    Requirement(
        "AGENT-2",
        "sdk contract 2.13",
        "`invoke` starts a session at the agent's host with its input, follows it to its end and returns its result.",
        of(CLAUDE, "a_session_is_begun_with_its_input_and_followed_to_its_end"),
    ),
    Requirement(
        "AGENT-3",
        "sdk contract 2.13: models",
        "A result has its published fields and one of four states; a session is terminal in them.",
        of(VALUES, "a_result_of_an_agent_has_the_published_fields", "a_session_is_terminal_in_four_states"),
    ),
    Requirement(
        "AGENT-4",
        "sdk contract 2.13",
        "A session that does not end in its time is ended at its host, and the result says so.",
        of(CLAUDE, "one_that_waits_for_a_tool_is_not_finished_and_is_ended_at_its_deadline"),
    ),
    Requirement(
        "AGENT-5",
        "seed: register-agents",
        "Files that a session left are documents of the task with the agent as their source, and downloaded like any.",
        of(FILES, "three_files_come_back_one_large_one_late_one_with_a_dangerous_name")
        + of(f"{CELL_API}/test_cell_agents_files.py"),
    ),
    Requirement(
        "AGENT-6",
        "sdk contract 2.13",
        "A passback that cannot be completed is a failed result that says so; what came before it stays.",
        of(FILES, "a_file_is_taken_up_to_the_limit_and_not_beyond", "more_files_than_the_limit_are_refused"),
    ),
    Requirement(
        "AGENT-7",
        "sdk contract 2.13",
        "An agent that is not registered here, has no host or is of a kind that is not connected is refused.",
        of(CLAUDE, "an_agent_of_another_tenant_or_without_a_host_is_refused"),
    ),
    Requirement(
        "AGENT-8",
        "system: agents",
        "Conversations with Copilot Studio agents run over Direct Line, said once, with their attachments.",
        (f"{AGENTS}/test_agents_copilot.py",),
    ),
    Requirement(
        "AGENT-9",
        "system: agents",
        "Settings and secrets of an agent are the tenant's; another package may add a kind.",
        (f"{AGENTS}/test_agents_settings.py",),
    ),
    Requirement(
        "AGENT-16",
        "sdk contract 19 G4",
        "How an agent is used stands in its row, is checked when it is made, and a worker does as it says.",
        (
            f"{WORKSPACE}/test_workspace_agent_manifests.py",
            f"{CELL_API}/test_cell_agents_settings.py",
        ),
    ),
    Requirement(
        "AGENT-10",
        "system: agents",
        "However often workers are killed, one session is paid for and each file is stored once.",
        (f"{AGENTS}/test_agents_kills.py", "tests/faults/test_faults_agents.py"),
    ),
    Requirement(
        "AGENT-11",
        "system: agents",
        "In a cell an agent has a few doors of the task that it works on, while it does; it decides nothing.",
        (f"{CELL_API}/test_cell_agents_doors.py",),
    ),
    Requirement(
        "AGENT-13",
        "system: agents",
        "A tenant may open a gate to agents: that gate alone, decided by the agent of the task, named and as shown.",
        (f"{CELL_API}/test_cell_agents_gates.py",),
    ),
    Requirement(
        "AGENT-14",
        "system: agents",
        "An agent's tokens die with its key; where Workspace gives no answer the door stays closed to agents.",
        (f"{CELL_API}/test_cell_agents_keys.py",),
    ),
    Requirement(
        "AGENT-15",
        "sdk contract 2.12",
        "What an agent asks of people is answered once on its task's page and stays as history.",
        (f"{CELL_API}/test_cell_agents_requests.py",),
    ),
    Requirement(
        "AGENT-12",
        "system: agents",
        "Sessions, files and runs of agents: followed, handed over between workers, recorded with their evidence.",
        (CLAUDE, FILES, RUNS),
    ),
    Requirement(
        "AGENT-REQ",
        "system: agents",
        "What an agent asks is answered in its task page, without a script and live, once, by who may decide.",
        (f"{CELL_API}/test_cell_agents_page.py",),
    ),
    Requirement(
        "AGENT-GATE",
        "system: decisions",
        "An agent decides the gates its tenant opens to agents, for its own task; sign-offs are left to people.",
        (f"{MCP}/test_mcp_agent_gates.py",),
    ),
    Requirement(
        "OBS-1",
        "seed: how-it-works",
        "The observer notes low confidence, variance, unusual durations, missing documents, duplicates, with evidence.",
        (f"{CELL}/test_cell_observer_rules.py", f"{CELL_API}/test_cell_observer_log.py"),
    ),
    Requirement(
        "OBS-2",
        "seed: how-it-works",
        "The observer can change no result, notes each thing once, and is off, by rules only, or on per tenant.",
        (f"{CELL}/test_cell_observer_apart.py", f"{WHOLE}/test_acceptance_observer.py"),
    ),
    Requirement(
        "CORR-AGENT",
        "seed: how-it-works",
        "Corrections are read by the agents a tenant names, and by no other.",
        (f"{CELL_API}/test_cell_corrections_agents.py",),
    ),
)
