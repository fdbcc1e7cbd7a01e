"""Times the test harness on runbooks/document-ingest with two scenarios, as a process of its own.

Run: `python benchmarks/bench_sdk_harness.py`. Fastest of `ROUNDS`. Targets on two cores, warm: the whole process under
1.5 s, of which the scenarios under 0.5 s.
"""

import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 5
RUNBOOK = Path(__file__).parents[1] / "runbooks" / "document-ingest"


async def scenarios() -> None:
    """Runs the built-in scenarios and prints the seconds of each part."""
    began = time.perf_counter()
    from ntro.testing import HAPPY, REJECT_ALL, WorkflowHarness, load_runbook, report  # noqa: PLC0415 - is timed

    imported = time.perf_counter()
    workflow, _ = load_runbook(RUNBOOK)
    async with WorkflowHarness(workflow) as harness:
        entered = time.perf_counter()
        results = [await harness.run(scenario=scenario) for scenario in (HAPPY, REJECT_ALL)]
        ran = time.perf_counter()
    if any(result.error for result in results):
        raise SystemExit(report.human(results))
    print(imported - began, entered - imported, ran - entered, time.perf_counter() - ran)


def whole() -> tuple[float, float, list[float]]:
    """Seconds of the process, of processors, and of its imports, its server's start, its scenarios and its end."""
    began, used = time.perf_counter(), processor_time()
    done = subprocess.run([sys.executable, __file__, "scenarios"], check=True, capture_output=True, text=True)
    return time.perf_counter() - began, processor_time() - used, [float(part) for part in done.stdout.split()]


def processor_time() -> float:
    """Seconds that ended children have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    if sys.argv[1:] == ["scenarios"]:
        asyncio.run(scenarios())
    else:
        total, used, parts = min(whole() for _ in range(ROUNDS))
        names = ("imports", "bundle, server, worker", "two scenarios", "shutdown")
        print(f"{'whole process':<45} {total * 1000:8.0f} ms")
        print(f"{'of processors':<45} {used * 1000:8.0f} ms")
        for name, part in zip(names, parts, strict=True):
            print(f"  {name:<43} {part * 1000:8.0f} ms")
