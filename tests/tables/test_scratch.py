"""Is what a killed process left behind cleaned up, and nothing else?"""

import os
import signal
import subprocess
import sys

import pytest

from winback.tables import check_writable, scratch, scratch_folder
from winback.tables.scratch import HOST, JOURNAL, PREFIX, keep, put_back, sweep


@pytest.fixture(scope="module")
def dead():
    """Return the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_the_folders_of_ended_processes_go_and_others_stay(tmp_path, dead):
    names = {
        f"{PREFIX}{dead}-{HOST}-x1": False,
        f"{PREFIX}{os.getpid()}-{HOST}-x2": True,  # of a process that runs
        f"{PREFIX}{os.getppid()}-{HOST}-x3": True,
        f"{PREFIX}{dead}-elsewhere-x4": True,  # of another machine, on a shared disk
        ".winback-notes": True,
        "reports": True,
    }
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("half")
    with scratch_folder(tmp_path) as folder:
        assert folder.name.startswith(f"{PREFIX}{os.getpid()}-{HOST}-")
    assert {name: (tmp_path / name).exists() for name in names} == names


def test_the_folder_is_gone_after_an_error(tmp_path):
    with pytest.raises(KeyboardInterrupt), scratch_folder(tmp_path) as folder:  # noqa: PT012
        (folder / "file").write_text("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_an_exchange_that_was_killed_is_undone_by_the_next_run(tmp_path, dead):
    left = tmp_path / f"{PREFIX}{dead}-{HOST}-x"
    left.mkdir()
    places = [tmp_path / name for name in ("a.csv", "b.csv", "new.csv", "edited.csv")]
    for place in (places[0], places[1], places[3]):
        place.write_text(f"old {place.name}")
    keep(left, places)
    for place in places[:1] + places[2:]:  # killed before the second one
        (left / place.name).write_text("new")
        os.utime(left / place.name, ns=(0, 0))
        os.replace(left / place.name, place)
    edited = (left / JOURNAL).stat().st_mtime_ns + 10**9
    os.utime(places[3], ns=(edited, edited))  # the analyst saved it since
    sweep(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "a.csv": "old a.csv",
        "b.csv": "old b.csv",
        "edited.csv": "new",
    }


def test_what_could_not_be_put_back_is_kept(tmp_path, monkeypatch):
    def fails(*_):
        raise OSError("gone")

    (tmp_path / "a.csv").write_text("old")
    with pytest.raises(OSError, match="gone"), scratch_folder(tmp_path) as folder:  # noqa: PT012
        keep(folder, [tmp_path / "a.csv"])
        monkeypatch.setattr(scratch.os, "replace", fails)
        put_back(folder)
    assert (folder / "old" / "0").read_text() == "old"


def test_a_folder_that_cannot_be_listed_is_left_to_who_writes_there(tmp_path):
    sweep(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_signal_waits_until_the_cleanup_is_done(tmp_path, monkeypatch):
    remove = scratch.shutil.rmtree

    def remove_when_stopped(folder, **how):
        signal.raise_signal(signal.SIGINT)
        remove(folder, **how)

    monkeypatch.setattr(scratch.shutil, "rmtree", remove_when_stopped)
    with pytest.raises(KeyboardInterrupt):
        check_writable(tmp_path / "new" / "out", ["a.csv"])
    assert list(tmp_path.iterdir()) == []
