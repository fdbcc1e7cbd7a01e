"""The command line."""

from manifest.requirement import CLI, SDK, WHOLE, Requirement

REQUIREMENTS = (
    Requirement(
        "CLI-1",
        "http contract 5",
        "The command line from signing in to a committed document, with documented exit codes and one JSON document.",
        (
            f"{WHOLE}/test_acceptance_command_line.py",
            f"{CLI}/test_cli_commands.py",
            f"{CLI}/test_cli_workspace.py",
            f"{CLI}/test_cli_auth.py",
        ),
    ),
    Requirement(
        "CLI-2",
        "http contract 5",
        "Every command explains itself; a mistyped one is corrected; a wrong line is told where it is read.",
        (f"{CLI}/test_cli_help.py",),
    ),
    Requirement(
        "CLI-3",
        "http contract 5",
        "People get tables, pipes tab-separated lines, programs one document, and terminals no control characters.",
        (f"{CLI}/test_cli_output.py",),
    ),
    Requirement(
        "CLI-4",
        "system: extraction is compiled, too",
        "A document is read on this machine, without server or model, or refused by code.",
        (f"{CLI}/test_cli_document.py",),
    ),
    Requirement(
        "CLI-5",
        "sdk contract 10, 11",
        "A runbook is validated and its scenarios run from its folder, with children, input and scenario of choice.",
        (f"{CLI}/test_cli_runbook_folder.py", f"{CLI}/test_cli_scenarios.py"),
    ),
    Requirement(
        "CLI-6",
        "http contract 2-4",
        "The client: resources, cells, configuration, retries and errors of one tree.",
        (f"{SDK}/test_client_*.py",),
    ),
    Requirement(
        "CLI-8",
        "http contract 5",
        "Every command writes one document of its published schema, ends with documented codes, and rehearses without "
        "sending anything.",
        (f"{CLI}/test_cli_contract.py",),
    ),
    Requirement(
        "CLI-9",
        "http contract 5",
        "Bodies are read as JSON or from options, or refused by the name that is wrong, with what is near.",
        (f"{CLI}/test_cli_input.py",),
    ),
    Requirement(
        "CLI-10",
        "http contract 5",
        "The log of a task is read whole, from a number on, or followed until its run ends.",
        (f"{CLI}/test_cli_logs.py",),
    ),
    Requirement(
        "CLI-7",
        "seed: building-workflows, register-agents",
        "The command lines of the guide run as they are printed.",
        (f"{CLI}/test_cli_seed_samples.py",),
    ),
)
