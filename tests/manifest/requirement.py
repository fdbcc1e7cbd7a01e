"""One promise, and where the tests that show it lie."""

from dataclasses import dataclass

SDK = "packages/ntro/tests"
AGENTS = f"{SDK}/agents"
CAPABILITIES = f"{SDK}/capabilities"
SERVER = "packages/ntro-server/tests"
WORKSPACE = "packages/ntro-workspace/tests"
CELL = "packages/ntro-tenant/tests"
CELL_API = f"{CELL}/cell_api"
CLI = "packages/ntro-cli/tests"
MCP = "packages/ntro-mcp/tests"
WHOLE = "tests/acceptance"
PUBLISHED = "tests/published/test_published_runbooks.py"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One promise. It has tests, or a reason why it has none yet.

    Attributes:
        id: what reports call it.
        source: the page that says it: `system` for the design this repository is built to, `sdk contract` and
            `http contract` for what published runbooks and clients expect, `seed` for a page of the product's guide.
        text: the behaviour in one sentence.
        tests: patterns of test files, or `file::test`.
        deferred: why no test shows it.
    """

    id: str
    source: str
    text: str
    tests: tuple[str, ...] = ()
    deferred: str | None = None


def of(file: str, *names: str) -> tuple[str, ...]:
    """The tests of a file: those named, without their `test_`; the whole file where none is named."""
    return tuple(f"{file}::test_{name}" for name in names) or (file,)
