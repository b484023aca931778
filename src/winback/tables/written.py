"""How are several files written all or none, whatever stands in the way?

Each file is written beside its place; then all are exchanged, and what stood there is kept until the last one stands.
A symbolic link is followed: the file it leads to is replaced, and the link stays.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from winback.tables.scratch import JOURNAL, alone_in, keep, put_back, scratch_folder, uninterrupted

ATTEMPTS = 50
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def write_files_together(folder: str | Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Write several files into a folder, which is made if missing, all or none; return them in order.

    Parameters
    ----------
    writers : mapping
        File name -> a function that writes the file at the path it is given.

    Raises
    ------
    OSError
        When a file cannot be written or replaced; then everything is as it was. `FileNotFoundError` when a writer
        wrote nothing, else as for `check_writable`.
    """
    folder = Path(folder)
    with _made(folder) as own:
        places = _checked_places(folder, writers)
        with ExitStack() as stack:
            rooms = {Path(os.path.realpath(folder)): own}
            for parent in sorted({place.parent for place in places.values()} - set(rooms)):  # of links
                rooms[parent] = stack.enter_context(scratch_folder(parent))
            moves = []
            for name, write in writers.items():
                new = rooms[places[name].parent] / name
                write(new)
                if not new.is_file():
                    raise FileNotFoundError(f"Nothing was written for {name}.")
                moves.append((new, places[name]))
            with alone_in(folder):
                _exchange(moves)
    return [folder / name for name in writers]


def check_writable(folder: str | Path, names: Iterable[str]) -> None:
    """Find out, before long work, whether files can be written into a folder, which need not be there yet.

    Raises
    ------
    FileExistsError, NotADirectoryError
        When a folder has the name of one of the files, or the folder is a file.
    PermissionError, OSError
        When the folder is not to be written into, or a file there cannot be replaced: it is write-protected, or open in
        another program that keeps it to itself.

    Examples
    --------
    >>> import tempfile
    >>> check_writable(tempfile.gettempdir(), ["offer-roi.csv"])
    """
    folder = Path(folder)
    with _made(folder, for_good=False):
        for place in _checked_places(folder, names).values():
            with scratch_folder(place.parent):
                pass


def _checked_places(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """Return where each file is written, links followed; refuse what cannot be replaced."""
    places = {name: Path(os.path.realpath(folder / name)) for name in names}
    if len(set(places.values())) < len(places):
        raise FileExistsError(f"Two of the files in {folder} are links to the same file. Delete the links.")
    for name, place in places.items():
        shown = folder / name
        if place.is_dir():
            raise FileExistsError(f"{shown} is a folder; it cannot be replaced by a file.")
        if place.is_symlink() or (place.exists() and not place.is_file()) or not place.parent.is_dir():
            raise FileExistsError(f"{shown} is no ordinary file and no link to one. Delete it, or name another folder.")
        if place.is_file():
            try:
                os.close(os.open(place, os.O_RDWR))
            except OSError:
                remedy = "It is write-protected, or open in another program: close it there, or name another folder."
                raise PermissionError(f"{shown} cannot be replaced. {remedy}") from None
    return places


def _exchange(moves: list[tuple[Path, Path]]) -> None:
    """Move each new file to its place; if one cannot be moved, put back what stood there."""
    rooms = {new.parent: [place for other, place in moves if other.parent == new.parent] for new, _ in moves}
    try:
        for room, places in rooms.items():
            keep(room, places)
        for new, place in moves:
            if place.exists():  # who could not read the older file is not to read the new one
                shutil.copymode(place, new)
            os.replace(new, place)
    except BaseException:
        for room in rooms:
            put_back(room)
        raise
    for room in rooms:
        (room / JOURNAL).unlink()


@contextmanager
def _made(folder: Path, for_good: bool = True) -> Iterator[Path]:
    """Make a folder, and those above it, and give a scratch folder in it.

    What was made is taken away again if the work fails, or if it is not ``for_good``.
    """
    missing = _missing(folder)
    kept = False
    try:
        with _in_words(folder), ExitStack() as stack:
            yield _scratch_in(folder, stack)
        kept = for_good
    finally:
        with uninterrupted():
            for place in () if kept else missing:
                with suppress(OSError):  # others may have written into it
                    place.rmdir()


def _missing(folder: Path) -> list[Path]:
    """Return what of a folder and those above it is still to be made; refuse one that a file stands in the way of."""
    missing = []
    for place in (folder, *folder.parents):
        try:
            kind = os.lstat(place).st_mode  # asked once: other runs make and take away folders in between
        except OSError:
            missing.append(place)
            continue
        if stat.S_ISDIR(kind) or (stat.S_ISLNK(kind) and os.path.isdir(place)):
            break
        what = "a link that leads nowhere" if stat.S_ISLNK(kind) and not os.path.exists(place) else "a file"
        raise NotADirectoryError(f"{place} is {what}; name a folder to write into.")
    return missing


def _scratch_in(folder: Path, stack: ExitStack) -> Path:
    """Make a folder and a scratch folder in it, which keeps others from taking the folder away while it is empty."""
    for _ in range(ATTEMPTS):
        with suppress(FileNotFoundError):  # another run, which had made it, took it away in between
            folder.mkdir(parents=True, exist_ok=True)
            return stack.enter_context(scratch_folder(folder))
    folder.mkdir(parents=True, exist_ok=True)
    return stack.enter_context(scratch_folder(folder))


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    """Say what a full disk and a folder that may not be written into are, and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            said = f"The disk of {folder} is full; nothing was changed there. Make room, or name another folder."
            raise OSError(said) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            said = f"Nothing may be written into {folder}, so nothing was changed there. Name another folder."
            raise PermissionError(said) from error
        raise
