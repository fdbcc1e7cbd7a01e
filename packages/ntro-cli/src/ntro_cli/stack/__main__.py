"""`python -m ntro_cli.stack --home FOLDER`: the supervisor of one stack, until it is told to stop."""

import argparse
import asyncio
import logging
import signal
import sys
import time
from pathlib import Path

from ntro_cli.stack.errors import StackError
from ntro_cli.stack.fleet import Fleet
from ntro_cli.stack.locks import Busy, held
from ntro_cli.stack.log_files import shrink_live
from ntro_cli.stack.ordered_stop import stop_all
from ntro_cli.stack.paths import StackPaths
from ntro_cli.stack.promises import Promises
from ntro_cli.stack.provisioning import Provisioner
from ntro_cli.stack.report import TRY_AGAIN, Problem, Report, write_report

_log = logging.getLogger("ntro_cli.stack")
LOCK_SECONDS = 2.0
LOG_SECONDS = 60.0


def main() -> int:
    """Runs the supervisor; 0 after a stop that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m ntro_cli.stack")
    parser.add_argument("--home", type=Path, required=True)
    paths = StackPaths(parser.parse_args().home)
    _configure_logging()
    try:
        with held(paths.supervisor_lock, seconds=LOCK_SECONDS, busy="A supervisor runs already."):
            asyncio.run(_supervise(paths))
            stop_all(paths)
    except Busy as error:
        _log.info(error.message)
        return 1
    except StackError as error:
        _log.exception("the supervisor cannot go on")
        write_report(paths, Report(fatal=Problem.of(error)))
        return 1
    return 0


async def _supervise(paths: StackPaths) -> None:
    """Keeps the stack running until a signal ends it; its processes still run when this returns."""
    loop = asyncio.get_running_loop()
    promises = Promises(paths)
    fleet = Fleet(promises)
    provisioner = Provisioner(promises, fleet)
    work = asyncio.gather(fleet.keep_running(), provisioner.keep_running(), _keep_logs_small(paths))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)

    def try_again() -> None:
        provisioner.try_again()
        fleet.try_again()

    loop.add_signal_handler(TRY_AGAIN, try_again)
    try:
        await work
    except asyncio.CancelledError:
        _log.info("stopping, as asked")


async def _keep_logs_small(paths: StackPaths) -> None:
    while True:
        await asyncio.sleep(LOG_SECONDS)
        for log in await asyncio.to_thread(lambda: sorted(paths.logs.glob("*.log"))):
            await asyncio.to_thread(shrink_live, log)


def _configure_logging() -> None:
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(level=logging.INFO, format="%(asctime)sZ %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("httpx2").setLevel(logging.WARNING)


if __name__ == "__main__":
    sys.exit(main())
