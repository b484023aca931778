"""How is a real PostgreSQL at hand in a test? Started under a user of its own, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # where Debian keeps it, off the path
USERS = ("postgres", "nobody")  # of these, for root: the server refuses to run as root
SECONDS = 30  # to start in; a fast machine takes one


@contextmanager
def started() -> Iterator[str]:
    """Yield the address of an empty database; the test is skipped where there is no PostgreSQL, or no driver."""
    pytest.importorskip("sqlalchemy", reason="frames from SQL are read through SQLAlchemy")
    pytest.importorskip("psycopg", reason="frames from SQL are read through psycopg")
    programs = {name: _program(name) for name in ("initdb", "postgres")}
    if None in programs.values():
        pytest.skip("no PostgreSQL to ask: install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="wb"))  # a socket's path may have 107 letters
    how = _other_user(folder)
    data = folder / "data"
    try:
        initdb = [
            programs["initdb"],
            "--pgdata",
            data,
            "--username",
            "winback",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
        ]
        _ = subprocess.run([*initdb, "--locale", "C", "--no-sync"], check=True, capture_output=True, cwd=folder, **how)
        settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "shared_buffers=16MB")
        server = [programs["postgres"], "-D", data, *(word for each in settings for word in ("-c", each))]
        with (
            (folder / "log").open("w") as log,
            subprocess.Popen(server, stdout=log, stderr=log, cwd=folder, **how) as run,
        ):
            try:
                _wait(folder, run)
                yield f"postgresql+psycopg://winback@/postgres?host={folder}"
            finally:
                run.send_signal(signal.SIGINT)  # ends what is connected, and then itself
                run.wait(timeout=SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> str | None:
    found = [place / name for place in PLACES if (place / name).is_file()]
    return str(found[0]) if found else shutil.which(name)


def _other_user(folder: Path) -> dict:
    """Return under which user a process runs, for one that root may not run; the folder is then that user's."""
    if os.geteuid() != 0:
        return {}
    import pwd

    known = {each.pw_name: each for each in pwd.getpwall()}
    user = next((known[name] for name in USERS if name in known), None)
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres or nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(folder: Path, server: subprocess.Popen) -> None:
    import psycopg

    for _ in range(SECONDS * 10):
        try:
            psycopg.connect(f"host={folder} dbname=postgres user=winback").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")
