"""Which rule and which remedy are for whom?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from winback.outreach.entries import Rule
from winback.tables import NO_OFFER, ProblemList, label_codes, label_text
from winback.tables.kinds import WHAT_IS_READ
from winback.tables.numbers import parse_number

BETWEEN = ";"  # between several reasons of one label, see `winback.code_reasons`
BOTH, IN_BOTH = "both", {"price", "service"}  # the study's label of those who left for the two


def first_that_fits(rules: Sequence[Rule], customers: pd.DataFrame, reached: np.ndarray | None = None) -> np.ndarray:
    """Return the place of the first rule that fits each customer, (n,) int; -1 where none does.

    What a customer is not known to have matches only rules that do not ask for it. Where it is known who may be
    ``reached`` as which rule says, (n, rules) bool, it is the first that fits of those by which they may be; of whom
    none may be, the first that fits.

    Examples
    --------
    >>> rules = [Rule("soon", (), months_away=(0, 1)), Rule("large", (), margin_from=80.0)]
    >>> first_that_fits(rules, pd.DataFrame({"months_away": [0.5, 1.0, None], "first_margin": [90.0, 90.0, 20.0]}))
    array([ 0,  1, -1])
    """
    fits = [_fits(rule, customers) for rule in rules]
    first = _first_of(fits, len(customers))
    if reached is None:
        return first
    chosen = _first_of([each & may for each, may in zip(fits, reached.T, strict=True)], len(customers))
    return np.where(chosen >= 0, chosen, first)


def first_that_answers(reasons: Iterable[tuple[str, ...] | None], customers: pd.DataFrame) -> np.ndarray:
    """Return the place of the first remedy that answers each customer's reason, (n,) int; -1 where none does."""
    return _first_of([_named_among(each, customers) for each in reasons], len(customers))


def _first_of(holds: list[np.ndarray], n: int) -> np.ndarray:
    table = np.array([*holds, np.ones(n, dtype=bool)])
    first = table.argmax(axis=0)
    return np.where(first < len(holds), first, -1)


def _fits(rule: Rule, customers: pd.DataFrame) -> np.ndarray:
    holds = _named_among(rule.reasons, customers)
    if rule.months_away is not None:
        low, high = rule.months_away
        months = _numbers(customers, "months_away")
        holds &= (low <= months) & (months < high)
    if rule.margin_from is not None:
        holds &= _numbers(customers, "first_margin") >= rule.margin_from
    if rule.offers is not None:
        holds &= _labelled(customers, "offer", lambda label: label in rule.offers)
    return holds


def _named_among(reasons: tuple[str, ...] | None, customers: pd.DataFrame) -> np.ndarray:
    """Return who left for any of these reasons, (n,) bool; everybody where none is asked for."""
    if reasons is None:
        return np.ones(len(customers), dtype=bool)
    asked = {_folded(reason) for reason in reasons}
    return _labelled(customers, "reason", lambda label: not asked.isdisjoint(reasons_in(label)))


def unnamed_reasons(rules: Iterable[Rule], customers: pd.DataFrame) -> dict[str, int]:
    """Return the reasons that no rule names, and how many left for each; none where no rule asks for a reason.

    Examples
    --------
    >>> unnamed_reasons([Rule("audit", (), reasons=("price",))], pd.DataFrame({"reason": ["Price", "moved", "moved"]}))
    {'moved': 2}
    """
    asked = {_folded(reason) for rule in rules for reason in rule.reasons or ()}
    if not asked or "reason" not in customers:
        return {}
    counts = customers["reason"].map(label_text, na_action="ignore").value_counts()
    return {str(label): int(n) for label, n in counts.items() if n and asked.isdisjoint(reasons_in(str(label)))}


def reasons_in(label: str) -> set[str]:
    """Return every reason that a label stands for, in lower case.

    Examples
    --------
    >>> sorted(reasons_in("both")), sorted(reasons_in("Billing; moved"))
    (['both', 'price', 'service'], ['billing', 'billing; moved', 'moved'])
    """
    whole = _folded(label)
    found = {whole, *filter(None, map(_folded, whole.split(BETWEEN)))}
    if BOTH in found or found >= IN_BOTH:
        found |= {BOTH, *IN_BOTH}
    return found


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def _labelled(customers: pd.DataFrame, column: str, is_asked) -> np.ndarray:
    """Return where a column has one of the labels asked for; each label is looked at once."""
    if column not in customers:
        return np.zeros(len(customers), dtype=bool)
    codes, labels = label_codes(customers[column])
    texts = [label_text(label) for label in labels]
    return np.array([*(text is not None and is_asked(text) for text in texts), False], dtype=bool)[codes]


def _numbers(customers: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column's numbers, (n,); missing where there is none."""
    if column not in customers:
        return np.full(len(customers), np.nan)
    read = parse_number(customers[column])
    _refuse(customers, column, read.unread, "number")
    return read.column.to_numpy(dtype=float, na_value=np.nan)


def _refuse(customers: pd.DataFrame, column: str, unread: np.ndarray, kind: str) -> None:
    problems = ProblemList("table of customers", customers)
    problems.add_rows(column, unread, *WHAT_IS_READ[kind])
    problems.raise_if_any()


def is_sent_an_offer(customers: pd.DataFrame) -> np.ndarray:
    """Return who is sent an offer, (n,) bool: everybody of a table that does not say what is sent."""
    if "offer" not in customers:
        return np.ones(len(customers), dtype=bool)
    return _labelled(customers, "offer", lambda label: label != NO_OFFER)
