"""Are several files written all or none?"""

import pytest

from winback.tables import write_files_together


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
