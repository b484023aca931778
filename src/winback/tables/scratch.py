"""Where is work under way kept, and what becomes of it when its process is killed? A folder that names its process.

A process that ends, by an error or by Ctrl-C too, removes its folder. One that is killed cannot: the next one that
works in the same place does, after it has put back the files that the killed one was about to exchange.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".winback-"
JOURNAL = "exchange.json"  # there while files are exchanged: what to put back if that is not finished
HOST = re.sub(r"\W", "_", platform.node())  # a shared disk holds folders of other machines' processes too
NAMED = re.compile(rf"{re.escape(PREFIX)}(?P<pid>\d+)-(?P<host>\w*)-[^-]+")
LONGEST_RUN = 24 * 3600  # seconds; on Windows age alone tells that a process is gone


@contextmanager
def scratch_folder(parent: str | Path) -> Iterator[Path]:
    """Give a folder inside ``parent`` that is gone afterwards; those that killed processes left there go, too.

    Examples
    --------
    >>> with scratch_folder(tempfile.gettempdir()) as folder:
    ...     there = folder.is_dir()
    >>> there, folder.is_dir()
    (True, False)
    """
    sweep(parent)
    folder = None
    try:
        with uninterrupted():
            folder = Path(tempfile.mkdtemp(dir=parent, prefix=f"{PREFIX}{os.getpid()}-{HOST}-"))
        yield folder
    finally:
        with uninterrupted():
            # Where there is a journal the older files are in it still, and the next run puts them back.
            if folder is not None and not (folder / JOURNAL).exists():
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let signals that stop a process wait, so that a cleanup is done to its end; only the main thread is stopped."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in handlers:
        signal.signal(number, lambda got, _: waiting.append(got))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in waiting:
            signal.raise_signal(number)


def sweep(parent: str | Path) -> None:
    """Put back what killed processes were exchanging in a folder, and remove what they left."""
    with suppress(OSError):  # a folder that cannot be listed is found out by who writes into it
        left = [path for path in Path(parent).iterdir() if _is_left_behind(path)]
        if left:
            with alone_in(parent):
                for folder in left:
                    put_back(folder, unless_changed=True)
                    shutil.rmtree(folder, ignore_errors=True)


def _is_left_behind(folder: Path) -> bool:
    """Tell whether a folder is that of a process of this machine and user that is no longer there."""
    named = NAMED.fullmatch(folder.name)
    if not named or named["host"] != HOST or folder.is_symlink():
        return False
    with suppress(OSError):
        about = folder.stat()
        if os.name == "nt":
            return time.time() - about.st_mtime > LONGEST_RUN
        return about.st_uid == os.geteuid() and not _is_running(int(named["pid"]))
    return False


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def alone_in(folder: str | Path) -> Iterator[None]:
    """Wait until no other process exchanges files in a folder; where a system has no such lock, do not wait."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def keep(folder: Path, places: Iterable[Path]) -> None:
    """Keep the files that stand in these places, and write down what to put back, before any of them is replaced."""
    (folder / "old").mkdir()
    entries = []
    for number, place in enumerate(places):
        old = folder / "old" / str(number) if place.exists() else None
        if old is not None:
            try:
                os.link(place, old)
            except OSError:  # a disk without links
                shutil.copy2(place, old)
        entries.append([str(place), old and str(old)])
    unfinished = folder / f"{JOURNAL}.part"
    unfinished.write_text(json.dumps(entries), encoding="utf-8")
    os.replace(unfinished, folder / JOURNAL)


def put_back(folder: Path, unless_changed: bool = False) -> None:
    """Put the kept files back where they were, and take away those that stood nowhere; nothing without a journal.

    ``unless_changed``: a file that somebody has written since stays.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return
    since = journal.stat().st_mtime_ns
    for place, old in json.loads(journal.read_text(encoding="utf-8")):
        if unless_changed and os.path.isfile(place) and os.stat(place).st_mtime_ns > since:
            continue
        if old is None:
            Path(place).unlink(missing_ok=True)
        else:
            os.replace(old, place)
    journal.unlink()
