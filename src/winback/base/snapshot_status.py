"""Which labels of a status say that a customer is lost, and which that they are still here?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.results import format_count
from winback.tables import Problem, label_codes, label_text
from winback.tables.likeness import bare_name
from winback.tables.words import FALSE_WORDS, TRUE_WORDS

STATUS = "customer_status"
_LOST = (
    "churned churn churner churners left leaver gone lost exited exit attrited attritedcustomer attrition cancelled "
    "canceled terminated closed ended inactive lapsed expired unsubscribed deactivated former formercustomer "
    "abgewandert gekuendigt verloren weg ehemalig beendet inaktiv baja perdido cancelado abandono inactivo "
    "parti resilie perdu perso cessato vertrokken opgezegd"
)
_HERE = (
    "stayed stay staying here active current currentcustomer existing existingcustomer retained loyal joined new open "
    "running nonchurned notchurned nonchurn nochurn nonchurner notlost subscribed aktiv bestand bestandskunde laufend "
    "geblieben neu activo vigente alta nuevo actif fidele attivo actief gebleven"
)
# A yes means lost only under a heading that says so: under "active", "retained" or "censored" it means the opposite.
_LOSSES = "churn attri exit cancel lost left gone leave leaving kuendig abgewandert verloren baja abandon"
LOST_WORDS, HERE_WORDS = frozenset(_LOST.split()), frozenset(_HERE.split())
LOSSES = tuple(_LOSSES.split())
MOST_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Status:
    """Who of n customers is lost, and how that was told."""

    lost: np.ndarray  # (n,) bool; of a missing label False
    said: str = ""  # which labels were taken for what; empty where there is a problem
    problems: tuple[Problem, ...] = ()


def read_status(labels: pd.Series, heading: str, lost_labels: Iterable[str] | None = None) -> Status:
    """Return who is lost by a status; labels that are not known are asked about, with how many have each.

    Parameters
    ----------
    labels : pandas.Series
    heading : str
        What the analyst calls the column.
    lost_labels : iterable of str, optional
        Labels that mean lost; all others then mean still here.

    Examples
    --------
    >>> found = read_status(pd.Series(["Churned", "Stayed", "Joined"]), "Customer Status")
    >>> found.lost.tolist(), found.said
    ([True, False, False], '"Customer Status": Churned (1) is read as lost; Joined (1) and Stayed (1) as still here.')
    """
    codes, values = label_codes(labels)
    names = [str(label_text(value)) for value in values]
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    there = [f"{name} ({format_count(n)})" for name, n in zip(names, counts, strict=True)]
    if lost_labels is not None:
        known = {bare_name(label) for label in lost_labels}
        meant = [bare_name(name) in known for name in names]
        if strange := sorted(known - {bare_name(name) for name in names}):
            remedy = f"Labels that are there: {_listed(there)}."
            said = f"is never {' or '.join(map(repr, strange))}, said to mean lost"
            return Status(np.zeros(len(labels), dtype=bool), problems=(Problem(STATUS, said, 0, "", remedy),))
    else:
        meant = [_meaning(name, heading) for name in names]
        if None in meant:
            return Status(np.zeros(len(labels), dtype=bool), problems=(_asked(names, there, meant, heading),))
    lost = np.append(np.array(meant, dtype=bool), False)[codes]
    return Status(lost, _said(heading, there, meant))


def _meaning(name: str, heading: str) -> bool | None:
    """Return whether a label means lost; None where it is not known."""
    bare, plain = bare_name(name), name.strip().lower()
    if bare in LOST_WORDS:
        return True
    if bare in HERE_WORDS:
        return False
    if not says_lost(heading):
        return None
    return True if plain in TRUE_WORDS else False if plain in FALSE_WORDS else None


def says_lost(heading: str) -> bool:
    """Say whether a yes under a heading means lost.

    Examples
    --------
    >>> says_lost("Churn Value"), says_lost("is_active"), says_lost("not churned")
    (True, False, False)
    """
    bare = bare_name(heading)
    return any(word in bare for word in LOSSES) and not bare.startswith(("no", "un", "still"))


def _asked(names: list[str], there: list[str], meant: list[bool | None], heading: str) -> Problem:
    unknown = [name for name, means in zip(names, meant, strict=True) if means is None]
    said = f'("{heading}") does not tell who is lost: its labels are {_listed(there)}'
    return Problem(STATUS, said, 0, "", f'Say which of them mean lost, such as --lost-label "{unknown[0]}".')


def _said(heading: str, there: list[str], meant: list[bool | None]) -> str:
    lost = [label for label, means in zip(there, meant, strict=True) if means]
    here = [label for label, means in zip(there, meant, strict=True) if not means]
    verb = "is" if len(lost) == 1 else "are"
    if not (lost and here):
        verb, what = "is" if len(there) == 1 else "are", "lost" if lost else "still here"
        return f'"{heading}": {_listed(there)} {verb} read as {what}.'
    return f'"{heading}": {_listed(lost)} {verb} read as lost; {_listed(here)} as still here.'


def _listed(labels: list[str]) -> str:
    shown = labels[:MOST_SHOWN]
    if len(labels) > MOST_SHOWN:
        return f"{', '.join(shown)} and {len(labels) - MOST_SHOWN:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
