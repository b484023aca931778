"""What is left when a report is killed, stopped, or meets a full disk, a read-only folder, another report, no home?"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from hard_processes import SOURCE, report_on, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="signals, users and mounts as Linux has them"),
]
FILES = {"00-the-four-questions.html", "offer-roi.html", "offer-roi.csv", "offer-roi.xlsx", "contact-list.csv"}
PATIENCE = 120  # seconds, on a busy machine


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def left_in(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith(".winback-")]


def kernels_of(folder):
    """Return the processes whose files lie in a folder."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if "launch_new_instance" in " ".join(process.info["cmdline"] or []) and any(
            str(folder) in word for word in process.info["cmdline"]
        ):
            found.append(process)
    return found


def wait_for(condition):
    ends = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(0.05)
    return found


@pytest.fixture
def temporary(tmp_path):
    """Make a folder for temporary files of the reports alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("when", ["at once", "with a kernel"])
def test_a_report_that_is_stopped_says_so_in_one_line_and_leaves_nothing(campaign, temporary, sent, code, when):
    report = report_on(campaign, campaign / "out", TMPDIR=temporary)
    assert report.stdout.readline().startswith("Comparing the offers")
    if when == "with a kernel":
        wait_for(lambda: kernels_of(temporary))
    report.send_signal(sent)
    said = report.communicate(timeout=PATIENCE)
    assert (report.returncode, *said) == (code, "", "Stopped; nothing was written.\n")
    assert not (campaign / "out").exists()
    assert left_in(temporary) == []
    wait_for(lambda: not kernels_of(temporary))


def test_a_killed_report_leaves_no_kernel_and_the_next_one_cleans_up(campaign, temporary):
    (campaign / "out").mkdir()
    (campaign / "out" / "offer-roi.csv").write_text("old")
    report = report_on(campaign, campaign / "out", TMPDIR=temporary)
    wait_for(lambda: kernels_of(temporary))
    report.kill()
    report.communicate()
    wait_for(lambda: not kernels_of(temporary))
    assert contents(campaign / "out") == {"offer-roi.csv": b"old"}
    assert left_in(temporary)
    again = report_on(campaign, campaign / "out", TMPDIR=temporary)
    assert again.communicate(timeout=PATIENCE)[1] == ""
    assert again.returncode == 0
    assert left_in(temporary) == []
    assert set(contents(campaign / "out")) == FILES


KILLS_ITSELF = """
import os, signal, sys
from winback.tables import write_files_together
replace, calls = os.replace, []
def kills(source, target):
    if str(target).endswith(".txt"):
        calls.append(target)
        if len(calls) == {when}:
            os.kill(os.getpid(), signal.SIGKILL)
    return replace(source, target)
os.replace = kills
write_files_together({folder!r}, {{name: lambda path: path.write_text("new") for name in {names!r}}})
"""
FAILS = """
from winback.tables import write_files_together
def fails(path): raise ValueError("no figures")
write_files_together({folder!r}, {{"a.txt": fails}})
"""


@pytest.mark.parametrize("when", [1, 2, 3])
def test_an_exchange_that_is_killed_midway_is_undone_by_the_next_run(tmp_path, when):
    folder, names = tmp_path / "out", ["a.txt", "b.txt", "new.txt"]
    folder.mkdir()
    for name in names[:2]:
        (folder / name).write_text("old")
    code = KILLS_ITSELF.format(when=when, folder=str(folder), names=names)
    killed = start("-c", code, folder=tmp_path)
    killed.communicate(timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    assert len(left_in(folder)) == 1
    failed = start("-c", FAILS.format(folder=str(folder)), folder=tmp_path)
    assert "no figures" in failed.communicate(timeout=PATIENCE)[1]
    assert contents(folder) == {"a.txt": b"old", "b.txt": b"old"}


WRITES_OFTEN = """
from winback.tables import write_files_together
for turn in range(60):
    mark = f"{mark} {{turn}}"
    write_files_together({folder!r}, {{name: lambda path: path.write_text(mark) for name in "abcd"}})
"""


def test_two_runs_into_one_folder_never_mix_their_files(tmp_path):
    runs = [
        start("-c", WRITES_OFTEN.format(mark=mark, folder=str(tmp_path / "out")), folder=tmp_path) for mark in "xyz"
    ]
    for run in runs:
        assert run.communicate(timeout=PATIENCE)[1] == ""
    found = contents(tmp_path / "out")
    assert set(found) == set("abcd")
    assert len(set(found.values())) == 1


COMES_AND_GOES = """
from winback.tables import check_writable
for _ in range(300):
    check_writable({folder!r}, "ab")
"""


def test_runs_that_make_a_folder_and_take_it_away_do_not_disturb_each_other(tmp_path):
    code = COMES_AND_GOES.format(folder=str(tmp_path / "new" / "out"))
    runs = [start("-c", code, folder=tmp_path) for _ in range(3)]
    for run in runs:
        assert run.communicate(timeout=PATIENCE)[1] == ""
    assert contents(tmp_path / "new" / "out") == {}


def test_two_reports_into_one_folder_at_once(campaign, temporary):
    both = [report_on(campaign, campaign / "out", TMPDIR=temporary) for _ in range(2)]
    for report in both:
        assert report.communicate(timeout=2 * PATIENCE)[1] == ""
        assert report.returncode == 0
    assert set(contents(campaign / "out")) == FILES
    assert left_in(temporary) == []


@pytest.mark.parametrize("home", [None, "/dev/null/nowhere"])
def test_a_report_needs_no_home(campaign, temporary, home):
    nothing = dict.fromkeys(("USER", "LOGNAME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "MPLCONFIGDIR"))
    report = report_on(campaign, campaign / "out", TMPDIR=temporary, HOME=home, **nothing)
    said = report.communicate(timeout=PATIENCE)
    assert report.returncode == 0, said
    page = (campaign / "out" / "offer-roi.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 3
    assert "Traceback" not in page
    assert "MPLCONFIGDIR" not in page


AS_NOBODY = """
import os, sys
from winback.report import write_report
if os.geteuid() == 0:
    os.setgroups([])
    os.setegid(65534)
    os.seteuid(65534)
try:
    write_report({customers!r}, {offers!r}, out={out!r})
except OSError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def open_to_all(campaign):
    """Copy a campaign to where another user may read it: pytest's own folders are closed to others, at each start."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "campaign"
        shutil.copytree(campaign, place)
        for each in (place.parent, place):
            each.chmod(0o755)
        yield place


@pytest.mark.parametrize("fault", ["folder", "below", "file"])
def test_a_read_only_folder_is_found_before_the_work(open_to_all, fault):
    """Tried as another user than root, for whom nothing is read-only."""
    campaign = open_to_all
    out = campaign / "out"
    out.mkdir()
    (out / "offer-roi.csv").write_text("old")
    (out / "offer-roi.csv").chmod(0o444 if fault == "file" else 0o666)
    out.chmod(0o777 if fault == "file" else 0o555)
    target = out / "new" if fault == "below" else out
    paths = {"customers": str(campaign / "customers.csv"), "offers": str(campaign / "offers.toml"), "out": str(target)}
    started = time.monotonic()
    said, errors = start("-c", AS_NOBODY.format(**paths), folder=campaign).communicate(timeout=PATIENCE)
    out.chmod(0o755)
    wanted = {"file": "offer-roi.csv cannot be replaced. It is write-protected"}.get(
        fault, "Nothing may be written into"
    )
    assert said.startswith("PermissionError"), (said, errors)
    assert wanted in said
    assert time.monotonic() - started < 30
    assert contents(out) == {"offer-roi.csv": b"old"}


@pytest.fixture
def small_disk(tmp_path):
    """Mount a disk of 200 kB: less than a report needs."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", place], capture_output=True)
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_leaves_the_older_files(campaign, temporary, small_disk):
    (small_disk / "offer-roi.csv").write_text("old")
    report = report_on(campaign, small_disk, TMPDIR=temporary)
    _, said = report.communicate(timeout=PATIENCE)
    assert report.returncode == 1
    assert said == (
        f"Error: The disk of {small_disk} is full; nothing was changed there. Make room, or name another folder.\n"
    )
    assert contents(small_disk) == {"offer-roi.csv": b"old"}


def test_an_immutable_file_is_found_before_the_work(campaign, temporary):
    out = campaign / "out"
    out.mkdir()
    (out / "offer-roi.xlsx").write_text("old")
    if (
        not shutil.which("chattr")
        or subprocess.run(["chattr", "+i", out / "offer-roi.xlsx"], capture_output=True).returncode
    ):
        pytest.skip("this disk knows no immutable files")
    try:
        report = report_on(campaign, out, TMPDIR=temporary)
        _, said = report.communicate(timeout=PATIENCE)
        assert report.returncode == 1
        assert "offer-roi.xlsx cannot be replaced. It is write-protected, or open in another program" in said
        assert contents(out) == {"offer-roi.xlsx": b"old"}
    finally:
        subprocess.run(["chattr", "-i", out / "offer-roi.xlsx"], check=True)


INSTALLS = """
import json, os, runpy, signal, subprocess, sys, time
from pathlib import Path
root, hang, at_once = Path(sys.argv[1]), sys.argv[2] != "go", sys.argv[2] == "stopped at once"
class Faked(subprocess.Popen):
    def __init__(self, command, **how):
        with (root / "calls").open("a") as file:
            file.write(json.dumps(command[1:]) + "\\n")
        pip = "pip" in command
        if command[1:3] == ["-m", "venv"]:
            (root / ".venv").mkdir(exist_ok=True)
        wait = "import time; time.sleep(600)" if pip and hang else "pass"
        super().__init__([sys.executable, "-c", wait], **how)
        if pip and at_once:
            os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Faked
sys.argv = ["run.py", "report"]
runpy.run_path(str(root / "run.py"), run_name="__main__")
"""


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_installation_that_was_stopped_is_made_anew_by_the_next_run(tmp_path, sent, code):
    """The commands are stood in for, so that no network is needed; what run.py makes of it is its own."""
    root = SOURCE.parent
    for name in ("run.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(root / name, tmp_path)
    stopped = start("-c", INSTALLS, tmp_path, "hang", folder=tmp_path)
    wait_for(lambda: (tmp_path / "calls").exists() and "pip" in (tmp_path / "calls").read_text())
    os.kill(stopped.pid, sent)
    if sent == signal.SIGINT:  # as a terminal does, to all that run in it
        for child in psutil.Process(stopped.pid).children():
            child.send_signal(sent)
    if sent == signal.SIGKILL:  # the command it had started runs on
        os.killpg(stopped.pid, sent)
    said = stopped.communicate(timeout=PATIENCE)
    assert stopped.returncode == code
    if sent != signal.SIGKILL:
        assert said[1].splitlines()[-1] == "Stopped; the next run makes .venv anew."
    assert not (tmp_path / ".venv" / "winback-installed").exists()
    (tmp_path / "calls").unlink()
    for _ in range(2):
        again = start("-c", INSTALLS, tmp_path, "go", folder=tmp_path)
        assert again.communicate(timeout=PATIENCE)[1] == ""
        assert again.returncode == 0
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
    assert [call[:2] for call in calls] == [["-m", "venv"], *[["-m", "pip"]] * 3, *[["-P", "-m"]] * 2]
    assert (tmp_path / ".venv" / "winback-installed").exists()


def test_a_stop_while_a_command_is_being_started_stops_that_command_too(tmp_path):
    """It came before run.py knew the process: the installation ran on, unseen, and held the terminal."""
    for name in ("run.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(SOURCE.parent / name, tmp_path)
    stopped = start("-c", INSTALLS, tmp_path, "stopped at once", folder=tmp_path)
    _, said = stopped.communicate(timeout=PATIENCE)  # ends only when nobody holds its output any more
    assert stopped.returncode == 143
    assert said.splitlines()[-1] == "Stopped; the next run makes .venv anew."


def test_no_network_during_the_installation_is_one_line(tmp_path):
    root = SOURCE.parent
    for name in ("run.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(root / name, tmp_path)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    run = start(tmp_path / "run.py", "report", folder=tmp_path, **nowhere, PIP_NO_INDEX=None, PIP_FIND_LINKS=None)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert said == (
        "The packages cannot be fetched: no package index is reached from here. Connect, then run this again.\n"
    )
    assert Path(tmp_path / ".venv").is_dir()


@pytest.mark.parametrize("safe", [["-P"], []])
def test_modules_of_the_working_folder_are_not_taken_for_others(campaign, safe):
    """``run.py report`` asks for ``-P``; without it only a ``winback.py`` would still be found first."""
    for name in ("pandas.py", "click.py", "numpy.py", *(["winback.py"] if safe else [])):
        (campaign / name).write_text("raise SystemExit('a module of the working folder ran')")
    command = start(*safe, "-m", "winback", "check", "customers.csv", "--offers", "offers.toml", folder=campaign)
    said = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, said
    assert "customers.csv: " in said[0]
