"""`weatherglass` and `python -m weatherglass`: a process that runs one command."""

from __future__ import annotations

import atexit
import os
import sys
from typing import NoReturn

from weatherglass.cli.main import main

UNWRITTEN = 120
"""The exit code of Python's own where what was said could not be written."""


def run() -> NoReturn:
    """Run a command, and end.

    At once: to take apart all that was imported is a tenth of what a short command takes, and DuckDB's binding
    complains on the terminal of what it finds left.
    """
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    atexit._run_exitfuncs()  # noqa: SLF001 - they are to be run at the end, and this is the end
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            # ValueError: it was closed, because nobody reads it any more
            code = code or UNWRITTEN
    os._exit(code)


if __name__ == "__main__":
    run()
