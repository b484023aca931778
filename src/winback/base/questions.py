"""What can be asked of these customers, and which column is missing for what cannot? `what_can_be_asked`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.base.snapshot_base import SnapshotBase
from winback.results import join_words

ON_WHICH_DAY = "the table says how long customers stayed, not when they came and left"
TABLES_BESIDE = ("events", "customers")
NOBODY_SAYS_WHY = "nobody says why in a log of purchases"


class Question(NamedTuple):
    """What may be asked, which columns it needs, which of them are missing, and why not where no column would help."""

    question: str
    needs: tuple[str, ...]
    missing: tuple[str, ...] = ()
    why_not: str = ""


def what_can_be_asked(base: Base) -> pd.DataFrame:
    """Return one row per question: whether it can be asked of a base, and what it needs.

    Returns
    -------
    pandas.DataFrame
        ``question`` in words, ``possible``, ``needs`` and ``missing`` (winback's names of columns and tables, with
        ", " between), ``why_not`` (in words, empty where it can be asked).

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1], "start": ["2023-01-01"], "end": ["2024-01-31"]})
    >>> asked = what_can_be_asked(wb.read_contracts(contracts, until="2024-12-31")).set_index("question")
    >>> asked.loc["why they leave", ["needs", "missing"]].tolist()
    ['reason or exit_text', 'reason']
    """
    rows = [
        {
            "question": each.question,
            "possible": not (each.missing or each.why_not),
            "needs": ", ".join(each.needs),
            "missing": ", ".join(each.missing),
            "why_not": each.why_not or (f"that takes {join_words(each.missing)}" if each.missing else ""),
        }
        for each in _questions(base)
    ]
    return pd.DataFrame(rows)


def asked_in_words(base: Base) -> Iterator[str]:
    """Say which questions the columns that are there can answer, and what the others take."""
    asked = what_can_be_asked(base)
    yield f"Can be asked: {join_words(asked.loc[asked['possible'], 'question'].tolist())}."
    for why, rows in asked[~asked["possible"]].groupby("why_not", sort=False):
        missing = rows["missing"].iloc[0]
        option = f"--{missing}" if missing in TABLES_BESIDE else f"--column {missing.split(', ')[0]}=NAME"
        how = "" if not missing else f" ({option})"
        yield f"Cannot be asked: {join_words(rows['question'].tolist())}; {why}{how}."


def _questions(base: Base) -> Iterator[Question]:
    if isinstance(base, ContractBase):
        yield from _of_contracts(base)
    elif isinstance(base, PurchaseBase):
        yield from _of_purchases(base)
    elif isinstance(base, SnapshotBase):
        yield from _of_a_snapshot(base)
    else:
        raise TypeError(f"A base of contracts, purchases or a snapshot is needed; got {type(base).__name__}.")


def _of_contracts(base: ContractBase) -> Iterator[Question]:
    told = [name for name in base.contracts if is_told(base.contracts, name)]
    days = ("start", "end")
    for question in ("how long customers stay", "who was lost", "how many a month", "who came back"):
        yield Question(question, days)
    yield _why(told)
    yield _money(told, "margin")
    yield Question("whom to call first", ("margin",), () if "margin" in told else ("margin",))
    served = "manager" in told or base.served_by is not None
    yield Question("whose customers leave", ("manager",), () if served else ("manager",))
    yield Question("what happened before they left", ("events",), ("events",) if base.events is None else ())


def _of_purchases(base: PurchaseBase) -> Iterator[Question]:
    told = base.summary.log.names
    for question in ("who is lost", "how many a period", "who came back", "when the next purchase is to be expected"):
        yield Question(question, ("date",))
    yield Question("why they leave", (), why_not=NOBODY_SAYS_WHY)
    yield _money(told, "amount")
    yield Question("whom to call first", ("amount",), () if "amount" in told else ("amount",))
    missing = ("customers",) if base.people is None else ()
    yield Question("which segments lose more", ("customers",), missing)


def _of_a_snapshot(base: SnapshotBase) -> Iterator[Question]:
    told = list(base.customers)
    status = ("tenure", "customer_status")
    for question in ("how long customers stay", "who is lost", "which groups lose more"):
        yield Question(question, status)
    yield _why(told)
    yield Question("what they bring", ("margin or monthly_charge",), () if "margin" in told else ("monthly_charge",))
    missing = () if "margin" in told else ("monthly_charge",)
    yield Question("whom to call first", ("margin or monthly_charge",), missing)
    for question in (
        "how many a month",
        "who came back, and when",
        "which cohorts stay",
        "whether satisfaction foretells a loss",
    ):
        yield Question(question, ("start", "end"), ("start", "end"), ON_WHICH_DAY)


def _why(told: list[str]) -> Question:
    known = "reason" in told or "exit_text" in told
    return Question("why they leave", ("reason or exit_text",), () if known else ("reason",))


def _money(told: list[str], name: str) -> Question:
    return Question("what customers are worth", (name,), () if name in told else (name,))


def is_told(frame: pd.DataFrame, name: str) -> bool:
    """Say whether a column is there and not empty."""
    return name in frame and bool(frame[name].notna().any())
