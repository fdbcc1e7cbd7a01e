"""Times imports in processes of their own: the SDK's workflow surface beside the engine alone.

Run: `python benchmarks/bench_sdk_imports.py`. Fastest of `ROUNDS`, without the interpreter's own start. Targets:
`import ntro.workflow` under 60 ms.
"""

import subprocess
import sys

ROUNDS = 9
STATEMENTS = {
    "nothing": "pass",
    "import ntro.workflow": "import ntro.workflow",
    "from ntro.workflow import NtroWorkflow": "from ntro.workflow import NtroWorkflow",
    "from temporalio import workflow, activity": "from temporalio import workflow, activity",
    "the engine with pydantic": "from temporalio import workflow, activity; import temporalio.contrib.pydantic",
    "import ntro.testing": "import ntro.testing",
    "temporalio.testing and worker": "import temporalio.testing, temporalio.worker, temporalio.contrib.pydantic",
}
_TIMED = """
import time
began, used = time.perf_counter(), time.process_time()
{}
print(time.perf_counter() - began, time.process_time() - used)
"""


def fastest(statement: str) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of the fastest round."""
    command = [sys.executable, "-c", _TIMED.format(statement)]
    rounds = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(ROUNDS)]
    wall, used = min(tuple(map(float, printed.split())) for printed in rounds)
    return wall, used


if __name__ == "__main__":
    for name, statement in STATEMENTS.items():
        wall, used = fastest(statement)
        print(f"{name:<45} {wall * 1000:8.1f} ms  {used * 1000:8.1f} ms of the processor")
