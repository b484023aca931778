"""How are faults tried on real processes? Start one, or a report on a campaign, with settings of its own."""

import os
import subprocess
import sys
from pathlib import Path

import winback as wb

SOURCE = Path(wb.__file__).parents[1]


def start(*words, folder, **environment):
    """Start this Python with this package, in a folder and with settings of its own (None takes one away)."""
    settings = {**os.environ, "PYTHONPATH": str(SOURCE), **environment}
    kept = {name: str(value) for name, value in settings.items() if value is not None}
    command = [sys.executable, *map(str, words)]
    return subprocess.Popen(
        command, cwd=folder, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def report_on(campaign, out, **environment):
    """Start the report on a campaign's files."""
    words = ("-m", "winback", "report", campaign / "customers.csv", "--offers", campaign / "offers.toml", "--out", out)
    return start("-P", *words, folder=campaign, **environment)
