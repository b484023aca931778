"""Are several files written all or none?"""

import errno
import os

import pytest

from winback.tables import check_writable, write_files_together


def contents(folder):
    """Everything below a folder: files with their text, folders with None."""
    return {str(path.relative_to(folder)): path.read_text() if path.is_file() else None for path in folder.rglob("*")}


def writing(text):
    return lambda path: path.write_text(text)


def failing_with(error):
    def write(path):
        path.write_text("half a file")
        raise error

    return write


def test_files_are_written_and_named_in_order(tmp_path):
    paths = write_files_together(tmp_path, {"b.csv": writing("B"), "a.csv": writing("A")})
    assert paths == [tmp_path / "b.csv", tmp_path / "a.csv"]
    assert contents(tmp_path) == {"a.csv": "A", "b.csv": "B"}


def test_missing_folders_are_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_files_together("reports/may", {"a.csv": writing("A")})
    assert contents(tmp_path) == {"reports": None, "reports/may": None, "reports/may/a.csv": "A"}


def test_older_files_are_replaced_and_others_kept(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "mine.csv").write_text("mine")
    write_files_together(tmp_path, {"a.csv": writing("new")})
    assert contents(tmp_path) == {"a.csv": "new", "mine.csv": "mine"}


@pytest.mark.parametrize("error", [RuntimeError("no"), KeyboardInterrupt(), OSError("disk full")])
def test_nothing_is_left_when_a_writer_fails(tmp_path, error):
    with pytest.raises(type(error)):
        write_files_together(tmp_path / "new" / "deep", {"a.csv": writing("A"), "b.csv": failing_with(error)})
    assert contents(tmp_path) == {}


def test_the_older_files_stay_when_a_writer_fails(tmp_path):
    write_files_together(tmp_path, {"a.csv": writing("old A"), "b.csv": writing("old B")})
    with pytest.raises(RuntimeError, match="no"):
        write_files_together(tmp_path, {"a.csv": writing("new A"), "b.csv": failing_with(RuntimeError("no"))})
    assert contents(tmp_path) == {"a.csv": "old A", "b.csv": "old B"}


def test_the_older_files_stay_when_a_writer_writes_nothing(tmp_path):
    write_files_together(tmp_path, {"a.csv": writing("old A"), "b.csv": writing("old B")})
    with pytest.raises(OSError, match=r"b\.csv"):
        write_files_together(tmp_path, {"a.csv": writing("new A"), "b.csv": lambda path: None})
    assert contents(tmp_path) == {"a.csv": "old A", "b.csv": "old B"}


def test_the_older_files_stay_when_a_folder_stands_in_the_way(tmp_path):
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "a.csv").write_text("old A")
    with pytest.raises(OSError, match=r"b\.csv"):
        write_files_together(tmp_path, {"a.csv": writing("new A"), "b.csv": writing("new B")})
    assert contents(tmp_path) == {"a.csv": "old A", "b.csv": None}


def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path):
    """A folder of links into another: both sides are written there or nowhere."""
    there, here = tmp_path / "there", tmp_path / "here"
    for folder in (there, here):
        folder.mkdir()
    (there / "shared.csv").write_text("old")
    (here / "a.csv").symlink_to(there / "shared.csv")
    (here / "b.csv").symlink_to(there / "new.csv")
    write_files_together(here, {"a.csv": writing("A"), "b.csv": writing("B"), "c.csv": writing("C")})
    assert (here / "a.csv").is_symlink()
    assert contents(there) == {"shared.csv": "A", "new.csv": "B"}
    assert contents(here) == {"a.csv": "A", "b.csv": "B", "c.csv": "C"}


@pytest.mark.parametrize("target", ["a.csv", "nowhere/at.csv"])
def test_a_link_that_leads_nowhere_is_refused(tmp_path, target):
    (tmp_path / "a.csv").symlink_to(target)
    with pytest.raises(FileExistsError, match=r"a\.csv is no ordinary file and no link to one"):
        write_files_together(tmp_path, {"a.csv": writing("A")})
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("below", [".", "deep"])
def test_a_folder_that_is_a_link_to_nowhere_is_refused(tmp_path, below):
    (tmp_path / "out").symlink_to("nowhere")
    with pytest.raises(NotADirectoryError, match="out is a link that leads nowhere; name a folder to write into"):
        check_writable(tmp_path / "out" / below, ["a.csv"])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_two_links_to_one_file_are_refused(tmp_path):
    (tmp_path / "x.csv").write_text("x")
    for name in "ab":
        (tmp_path / f"{name}.csv").symlink_to("x.csv")
    with pytest.raises(FileExistsError, match="links to the same file"):
        write_files_together(tmp_path, {"a.csv": writing("A"), "b.csv": writing("B")})


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(FileExistsError, match="no ordinary file"):
        check_writable(tmp_path, ["a.csv"])


def test_what_stands_in_the_way_is_found_before_the_work(tmp_path):
    (tmp_path / "b.csv").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError, match=r"b\.csv is a folder"):
        check_writable(tmp_path, ["a.csv", "b.csv"])
    with pytest.raises(NotADirectoryError, match="is a file; name a folder"):
        check_writable(tmp_path / "file", ["a.csv"])
    with pytest.raises(NotADirectoryError, match=r"file is a file; name a folder"):
        check_writable(tmp_path / "file" / "new" / "deep", ["a.csv"])
    check_writable(tmp_path / "new" / "deep", ["a.csv"])
    assert contents(tmp_path) == {"b.csv": None, "file": ""}


def test_the_rights_of_the_older_file_are_kept(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "a.csv").chmod(0o600)
    write_files_together(tmp_path, {"a.csv": writing("new")})
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("which", [1, 2, 3])
@pytest.mark.parametrize("error", [OSError("gone"), KeyboardInterrupt()])
def test_what_was_exchanged_is_put_back_when_the_exchange_breaks_off(tmp_path, monkeypatch, links, which, error):
    """At each of three files, one of which is new; with and without a disk that has hard links."""
    write_files_together(tmp_path, {"a.csv": writing("old A"), "b.csv": writing("old B")})
    replace, calls = os.replace, []

    def breaks_off(source, target):
        if str(target).endswith(("a.csv", "b.csv", "c.csv")) and "old" not in str(source):
            calls.append(target)
            if len(calls) == which:
                raise error
        return replace(source, target)

    def without_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "replace", breaks_off)
    if not links:
        monkeypatch.setattr(os, "link", without_links)
    with pytest.raises(type(error)):
        write_files_together(tmp_path, {name: writing("new") for name in ("a.csv", "c.csv", "b.csv")})
    assert len(calls) == which
    assert contents(tmp_path) == {"a.csv": "old A", "b.csv": "old B"}


def test_a_full_disk_is_one_sentence(tmp_path):
    def full(path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with pytest.raises(OSError, match=r"^The disk of .* is full; nothing was changed there\. Make room"):
        write_files_together(tmp_path, {"a.csv": full})
    assert contents(tmp_path) == {}
