"""The control plane."""

from manifest.requirement import SERVER, WHOLE, WORKSPACE, Requirement, of

KEYS = f"{WORKSPACE}/test_workspace_keys.py"
PEOPLE = f"{WORKSPACE}/test_workspace_people.py"

REQUIREMENTS = (
    Requirement(
        "WS-1",
        "http contract 1-2, 12",
        "Identity, tenants, entities, runbooks, workflows, tasks and schedules, as the published clients expect.",
        (f"{WORKSPACE}/test_workspace_registry.py", f"{WORKSPACE}/test_workspace_tasks.py"),
    ),
    Requirement(
        "WS-2",
        "http contract 2: runbooks",
        "Bundles are checked, kept by hash and deployed to a cell; templates are listed.",
        (f"{WORKSPACE}/test_workspace_runbooks.py",),
    ),
    Requirement(
        "WS-3",
        "system: commands ride on Temporal",
        "Commands and schedules reach the cell, also across an outage of either side.",
        (f"{WORKSPACE}/test_workspace_commands.py", f"{WORKSPACE}/test_workspace_schedules.py"),
    ),
    Requirement(
        "WS-4",
        "http contract 1",
        "Keys are hashed, scoped and revocable; a repeated request is done once.",
        (
            KEYS,
            f"{WORKSPACE}/test_workspace_idempotency.py",
            f"{WORKSPACE}/test_workspace_repeats.py",
        ),
    ),
    Requirement(
        "WS-5",
        "system: the boundary",
        "For clients that know Workspace alone, calls with a payload pass through unread, unless the tenant says no.",
        (f"{WORKSPACE}/test_workspace_relay.py",),
    ),
    Requirement(
        "WS-6",
        "system: the boundary",
        "No figure, name of a file, comment or field of a tenant is in anything that Workspace keeps or logs.",
        ("tests/security/test_boundary.py", f"{WORKSPACE}/test_workspace_boundary.py"),
    ),
    Requirement(
        "WS-7",
        "system: namespace and secrets per tenant",
        "A tenant's role, key, token, payloads and secrets open nothing of another tenant.",
        (
            "tests/security/test_isolation.py",
            f"{WHOLE}/test_acceptance_isolation.py",
            f"{WORKSPACE}/test_workspace_strangers.py",
        ),
    ),
    Requirement(
        "WS-8",
        "system: servers",
        "Both servers answer errors in one envelope, bound bodies, migrate once and keep secrets out of their logs; "
        "a line of the log names the route and never the address.",
        (f"{SERVER}/test_server_*.py", f"{WORKSPACE}/test_workspace_access_log.py"),
    ),
    Requirement(
        "WS-9",
        "system: people and keys",
        "People sign in by a code or an identity provider, may have several keys, and lose rights at once; "
        "each act is noted.",
        (
            PEOPLE,
            f"{WORKSPACE}/test_workspace_oidc.py",
            f"{WORKSPACE}/test_workspace_subjects.py",
        ),
    ),
    Requirement(
        "WS-10",
        "system: people and keys",
        "Keys are rotated without an interruption, revoked at once, and calls are limited per key.",
        of(
            PEOPLE,
            "a_rotated_key_works_beside_the_new_one_for_a_while",
            "a_key_revoked_by_another_process_ends_within_a_second",
            "who_calls_too_often_is_told_when_to_come_again",
            "no_more_than_the_bucket_holds_is_let_through",
        ),
    ),
    Requirement(
        "WS-11",
        "system: agents",
        "An agent's key gets a token for its own tenant's cell, bound to a task, and changes nothing in Workspace.",
        (f"{WORKSPACE}/test_workspace_agent_keys.py",),
    ),
    Requirement(
        "WS-12",
        "http contract 2: data platforms",
        "Data platforms are tested and discovered by the cell of a bound tenant; only that cell opens their secrets.",
        (f"{WORKSPACE}/test_workspace_platforms.py",),
    ),
    Requirement(
        "WS-13",
        "http contract 1: lists",
        "Lists are whole unless a page is asked for; pages neither lose nor repeat; who was slower is told so.",
        (f"{WORKSPACE}/test_workspace_pages.py", f"{WORKSPACE}/test_workspace_direct_reads.py"),
    ),
    Requirement(
        "WS-14",
        "http contract 2: notifications",
        "Notifications of a cell hold ids, types and times alone and are read by their own tenant.",
        (f"{WORKSPACE}/test_workspace_notifications.py",),
    ),
    Requirement(
        "WS-15",
        "system: how we write code",
        "A change of the API that breaks a client is named before it is shipped.",
        (f"{WORKSPACE}/test_workspace_contract_changes.py",),
    ),
    Requirement(
        "WS-16",
        "system: doors",
        "The console shows people what Workspace keeps and lets them change what their role may, by safe forms.",
        (f"{WORKSPACE}/test_workspace_console.py",),
    ),
    Requirement(
        "WS-17",
        "http contract 9",
        "The oldest published clients define a workflow, push an archive, deploy it and run it.",
        (f"{WORKSPACE}/test_workspace_definitions.py",),
    ),
    Requirement(
        "BAD-1",
        "http contract 1, 12",
        "Wrong keys 401, unknown things 404, duplicates 409, invalid bodies 422 with one message; never a 5xx.",
        (f"{WHOLE}/test_acceptance_bad_input.py",),
    ),
    Requirement(
        "CONSOLE-2",
        "system: doors",
        "The console pages show metadata only, escaped, with what a role may change.",
        (f"{WORKSPACE}/test_workspace_console_pages.py", f"{WORKSPACE}/test_workspace_console_values.py"),
    ),
    Requirement(
        "CONSOLE-3",
        "http contract 11",
        "Keys are minted, shown once and revoked, schedules paused and run, people given roles, by forms.",
        (f"{WORKSPACE}/test_workspace_console_forms.py",),
    ),
    Requirement(
        "WS-ONCE",
        "system: security",
        "What may be used once is used once, however many try at the same moment.",
        (f"{WORKSPACE}/test_workspace_single_use.py",),
    ),
    Requirement(
        "WS-OUTAGE",
        "system: decisions",
        "Workspace or a cell away for a while: runs go on, status catches up in order, commands happen once.",
        (f"{WHOLE}/test_acceptance_outages.py",),
    ),
)
