"""Times `ntro --help` as a whole process beside an interpreter that does nothing.

Run: `python benchmarks/bench_cli_help.py`. Fastest of `ROUNDS`. Target: `ntro --help` under 150 ms.
"""

import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "ntro --help": [str(Path(sys.executable).with_name("ntro")), "--help"],
}


def fastest(command: list[str]) -> float:
    """Seconds of the fastest round."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        rounds.append(time.perf_counter() - began)
    return min(rounds)


if __name__ == "__main__":
    for name, command in COMMANDS.items():
        print(f"{name:<20} {fastest(command) * 1000:8.1f} ms")
