"""Fifty workers killed during one invocation of an agent: one session, each file once.

Run `python benchmarks/bench_agent_kills.py` with the environment of the tests.
"""

import sys
import time
from pathlib import Path
from typing import Any

import pytest

KILLS = 50
SECONDS = 1800
TEST = Path(__file__).parents[1] / "packages" / "ntro" / "tests" / "agents" / "test_agents_kills.py"


class MoreKills:
    """The suite's own test, with as many kills as are asked of a release."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in items:
            item.module.KILLS = KILLS
            item.add_marker(pytest.mark.timeout(SECONDS), append=False)


def main() -> int:
    began = time.monotonic()
    code = pytest.main(["-q", str(TEST)], plugins=[MoreKills()])
    print(f"{KILLS} kills in {time.monotonic() - began:.0f} s")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
