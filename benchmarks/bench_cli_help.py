"""Times `ntro --help` as a whole process beside an interpreter that does nothing.

Run: `python benchmarks/bench_cli_help.py`. Fastest of `ROUNDS`. Target: `ntro --help` under 150 ms.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "ntro --help": [str(Path(sys.executable).with_name("ntro")), "--help"],
}


def fastest(command: list[str]) -> tuple[float, float]:
    """Seconds, and seconds of the processor, of the fastest round."""
    rounds = []
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), processor()
        subprocess.run(command, check=True, capture_output=True)
        rounds.append((time.perf_counter() - began, processor() - used))
    return min(rounds)


def processor() -> float:
    """Seconds of the processor that ended processes have used."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    for name, command in COMMANDS.items():
        wall, used = fastest(command)
        print(f"{name:<20} {wall * 1000:8.1f} ms  {used * 1000:8.1f} ms of the processor")
