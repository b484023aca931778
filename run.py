"""winback's tasks, on a machine that has Python 3.11+ and nothing else.

    python3 run.py                 list the tasks
    python3 run.py report          the four questions, and which offer pays: writes pages into reports
    python3 run.py test --quick    the everyday tests

The first task makes .venv and installs the locked packages; later ones start at once.
This file uses the standard library only, and words that even an old Python can read, so that
an old Python gets one clear line and not a syntax error.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("winback needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])

import hashlib
import importlib.util
import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "winback-installed"
SECONDS_TO_STOP = 20
# What pip says where nothing outside is reached.
NO_NETWORK = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ProxyError",
    "Failed to establish a new connection",
    "Max retries exceeded",
    "name resolution",
    "Name or service not known",
    "getaddrinfo failed",
    "Network is unreachable",
    "(from versions: none)",
)

TASKS = {
    "report": (
        "the four questions, which offer pays, and their tables: pages in reports",
        [["-P", "-m", "winback", "report"]],
    ),
    "test": ("all tests; --quick for the everyday part", [["-m", "pytest", "-n", "auto", "--maxprocesses", "4"]]),
    # JupyterLab leaves out an answer's style and pictures until its notebook is trusted; ours runs as code anyway.
    "lab": (
        "JupyterLab on the notebooks",
        [
            ["-m", "jupyter", "trust"] + [str(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))],
            ["-m", "jupyter", "lab", "notebooks"],
        ],
    ),
    "notebooks": (
        "run and store the notebooks, their list, and the README's figure and table",
        [["notebooks/refresh.py"]],
    ),
    "bench": ("speed as ratios against the peers", [["benchmarks/ratios.py"]]),
    "proof": ("long simulations: do intervals hold as often as they say?", [["benchmarks/proof.py"]]),
    "check": (
        "style, types, lock and environment agreement",
        [
            ["-m", "ruff", "check", "."],
            ["-m", "ruff", "format", "--check", "."],
            ["-m", "mypy"],
            ["-m", "pytest", "tests/test_environment.py", "tests/test_surface.py"],
        ],
    ),
    "stub": ("write what editors see, after a change of public names", [["tests/stub.py"]]),
}


def fingerprint():
    """Return what the environment was made from: the lock, the project file and the Python."""
    made_from = [(ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml")]
    return hashlib.sha256(b"".join(made_from + [sys.version.encode()])).hexdigest()


def make_environment():
    """Make .venv and install the lock and the package, unless that was done already."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        sys.exit("This Python has no venv. On Debian or Ubuntu: apt install python3-venv. Then run this again.")
    print("Making .venv and installing the locked packages (once, a few minutes) ...")
    sys.stdout.flush()
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
        install(["--upgrade", "pip", "setuptools", "wheel"])
        install(["--requirement", str(ROOT / "requirements.lock")])
        install(["--no-deps", "--editable", str(ROOT)])
    except (KeyboardInterrupt, Stopped):
        print("Stopped; the next run makes .venv anew.", file=sys.stderr)
        raise
    STAMP.write_text(fingerprint())


def install(what):
    """Install with pip; where there is no network, say so in one sentence, else show what pip says."""
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    code, said = ended(pip + what, cwd=str(ROOT), stderr=subprocess.PIPE, universal_newlines=True)
    if code and any(sign in said for sign in NO_NETWORK):
        sys.exit("The packages cannot be fetched: no package index is reached from here. Connect, then run this again.")
    sys.stderr.write(said or "")
    if code:
        sys.exit(code)


def run(command, folder=ROOT):
    """Run one command, in the project's folder unless told otherwise, and stop with its exit code if it fails."""
    code, _ = ended(command, cwd=str(folder))
    if code:
        sys.exit(code)


def ended(command, **how):
    """Run a process to its end and return its exit code and its errors; being stopped, stop it too."""
    asked = []  # a stop that comes while the process is being started waits until it can be stopped with it
    at_a_stop = signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    child = subprocess.Popen(command, **how)
    try:
        signal.signal(signal.SIGTERM, at_a_stop)
        if asked:
            raise Stopped
        _, said = child.communicate()
    except (KeyboardInterrupt, Stopped) as asked:
        if isinstance(asked, Stopped):  # Ctrl-C reaches the child by itself
            child.terminate()
        try:
            child.wait(timeout=SECONDS_TO_STOP)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            child.kill()
        raise
    return (child.returncode if child.returncode >= 0 else 128 - child.returncode), said


class Stopped(BaseException):
    """The process was asked to end."""


def stop(*_):
    """End, as a shutdown asks for."""
    raise Stopped


def main(arguments):
    """Run the task named first, with the rest as its own arguments."""
    if not arguments or arguments[0] not in TASKS:
        print("python3 run.py TASK, where TASK is one of")
        for name, (purpose, _) in TASKS.items():
            print("  {:<10} {}".format(name, purpose))
        sys.exit(0 if not arguments else 2)
    task, rest = arguments[0], arguments[1:]
    if task == "test" and "--quick" in rest:
        rest = ["-m", "not slow"] + [word for word in rest if word != "--quick"]
    if task in ("test", "proof"):  # a process a core: threads of linear algebra would only wait for each other
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    make_environment()
    steps = TASKS[task][1]
    for step in steps:
        last = step is steps[-1]
        run([str(PYTHON)] + step + (rest if last else []), os.getcwd() if task == "report" else ROOT)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
    except Stopped:
        sys.exit(143)
