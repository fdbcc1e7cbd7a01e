"""The repository, the embedded stack, and what takes time."""

from manifest.requirement import CLI, SDK, WHOLE, Requirement, of

WHOLE_STACK = f"{CLI}/test_stack_whole.py"

REQUIREMENTS = (
    Requirement(
        "REPO-1",
        "system: layout and import rules",
        "One version; ours pin each other to versions the public index lacks; the lock holds names, versions, hashes.",
        ("tests/architecture/test_distributions.py",),
    ),
    Requirement(
        "REPO-2",
        "system: layout and import rules",
        "Import rules, sizes of files, exact money, settings in one place, reasons beside suppressions.",
        ("tests/architecture/test_source_rules.py", f"{SDK}/test_workflow_imports.py"),
    ),
    Requirement(
        "REPO-3",
        "system: how we write code",
        "Each promise has tests and each test file belongs to a promise.",
        (f"{WHOLE}/test_acceptance_requirements.py",),
    ),
    Requirement(
        "REPO-4",
        "system: what a user meets first",
        "On a fresh clone with Python, pip and make only, the demo closes the month and the tests pass.",
        deferred="A fresh clone is made by the pipeline, not inside a test; the demo itself is shown by DEMO-1.",
    ),
    Requirement(
        "STACK-1",
        "system: the embedded stack",
        "One command starts PostgreSQL, Temporal, Workspace and a cell for each tenant, and prints where they are.",
        (WHOLE_STACK, f"{CLI}/test_stack_postgres.py", f"{CLI}/test_stack_temporal.py"),
    ),
    Requirement(
        "STACK-2",
        "system: the embedded stack",
        "Safe to run twice; a kill of any process or of all of them is healed and loses nothing.",
        of(
            WHOLE_STACK,
            "a_second_up_leaves_everything_as_it_is",
            "after_the_kill_of_any_one_process_up_heals",
            "after_the_kill_of_all_processes_up_heals_and_nothing_is_lost",
        )
        + of(f"{CLI}/test_stack_service.py")
        + of(f"{CLI}/test_stack_identity.py"),
    ),
    Requirement(
        "STACK-3",
        "system: the embedded stack",
        "A taken port, a full disk, broken state or a missing program is named with its remedy.",
        (f"{CLI}/test_stack_commands.py", f"{CLI}/test_stack_state.py", f"{CLI}/test_stack_provisioning.py"),
    ),
    Requirement(
        "STACK-4",
        "system: the embedded stack",
        "Everything listens on loopback; no secret is in a command line, an environment or a log.",
        of(
            WHOLE_STACK,
            "all_listens_on_loopback_only",
            "no_secret_is_in_a_command_line_an_environment_or_a_log",
        ),
    ),
    Requirement(
        "STACK-5",
        "system: the embedded stack",
        "A fresh install is healthy in under 90 seconds, a later start in under 8.",
        deferred="Tests assert no wall-clock time, and no benchmark prints it yet.",
    ),
    Requirement(
        "STACK-6",
        "system: the embedded stack",
        "A kill at any moment of a close, then `ntro up`: the same NAV, nothing done twice, no document lost.",
        ("tests/faults/test_faults_kills.py",),
    ),
    Requirement(
        "TIME-1",
        "system: how we write code",
        "The whole suite takes under 15 minutes on two cores.",
        deferred="Measured by the pipeline; tests assert no wall-clock time.",
    ),
    Requirement(
        "TIME-2",
        "system: speed",
        "Two scenarios of `ntro workflow test` take under 1.5 seconds warm, `import ntro.workflow` under 60 ms, "
        "`ntro --help` under 150 ms, and a run at most 1.15 times the same flow in the bare engine.",
        deferred="Printed by the benchmarks; what keeps them quick, lazy imports and one server, is WF-3 and TEST-9.",
    ),
)
