"""By which command is a plan held against what came of it? By the one that it was made with, and the outcomes."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping

FILE = "FILE"  # stands for the table of outcomes, which is not there yet
CHECK = """## How is it checked afterwards?

Once the campaign is over, and as much time has passed as the trial counts value for, note in a table what came of
everybody on the list, also of those held back: who came back, and what they brought, counted as in the trial and under
the headings of its table. Then this command, typed where the files are, says whether it paid, whether it came as
forecast, and what to change in the next forecast. Until then keep them as they are; rows struck out of the list of
contacts may be missing.

```
{command}
```"""


def checking_command(customers: object, settings: Mapping[str, object]) -> str:
    """Return the command that makes a plan of one's own anew and checks it, as it is typed on this kind of machine.

    ``settings`` are those of `winback.plan_page.write_plan_page` by their names, and those of ``how``.

    Examples
    --------
    >>> settings = {"offers": "offers.toml", "columns": {"value": "DB"}, "organic": (0.02, 0.08), "day_first": False}
    >>> checking_command("customers.csv", settings | {"already": ["a.csv"], "despite_causes": True, "until": None})
    'winback plan customers.csv --offers offers.toml --column value=DB --organic 0.02:0.08 --month-first
    --already a.csv --despite-causes --outcomes FILE'
    """
    words = ["winback", "plan", customers, *(word for each in settings.items() for word in _words(*each))]
    return _typed([*map(str, words), "--outcomes", FILE])


def _words(name: str, value: object) -> Iterator[object]:
    option = f"--{name.replace('_', '-')}"
    if name == "columns":
        yield from (word for ours, theirs in (value or {}).items() for word in ("--column", f"{ours}={theirs}"))
    elif name == "day_first" and value is not None:
        yield "--day-first" if value else "--month-first"
    elif name == "organic" and isinstance(value, tuple):
        yield from (option, ":".join(map(str, value)))
    elif isinstance(value, list | tuple):
        yield from (word for each in value for word in (option, each))
    elif isinstance(value, bool):
        yield from [option] * value
    elif value is not None:
        yield from (option, value)


def _typed(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
