"""Which losses had nobody foreseen? The share of lost customers, and of their money, that no warning came before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.labels import short_words
from winback.results import Result, Sentences, counted, format_percent, join_words
from winback.uncertainty import share_interval

ANY_REASON = "all"


@dataclass(frozen=True, repr=False, kw_only=True)
class Unforeseen(Result):
    """Losses by whether the customer had been among the riskiest; see `RiskCheck.unforeseen`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row for all and one per reason, most losses first: ``reason``, ``in_words``, ``n`` lost, ``n_unforeseen``,
        their ``share`` with ``_low`` and ``_high``, the share ``by_lot`` had as many different customers been flagged
        at random, ``margin_share`` of the money a month that was lost unforeseen.
    customers : pandas.DataFrame
        Those whom nobody had flagged, largest first.
    """

    frame: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    flagged: float
    level: float
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("Left for", "text"),
        "n": ("Lost", "count"),
        "share": ("Unforeseen", "percent"),
        "by_lot": ("Picked at random", "percent"),
        "margin_share": ("Of their money", "percent"),
    }

    def describe(self) -> Sentences:
        """Say how many losses came as a surprise, against chance, and the doubt."""
        return Sentences.of(_answer(self))

    @property
    def as_by_lot(self) -> pd.DataFrame:
        """The reasons of which not clearly fewer losses were unforeseen than by lot; most losses first."""
        reasons = self.frame.iloc[1:]
        return reasons[reasons["share_high"] >= reasons["by_lot"]]

    def details(self) -> Sentences:
        """Say what the lots are."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say what to find out."""
        return Sentences.of(
            ["Ask the largest of those nobody had flagged what would have told, and record it for all."]
        )


def unforeseen_losses(check) -> Unforeseen:
    """Count the losses of a check that came without a warning."""
    losses = check.losses
    surprised = losses["warned"].isna().to_numpy()
    frame = [_row(ANY_REASON, losses, surprised, check.level)]
    if "reason" in losses:
        reasons = losses["reason"].astype(object).where(losses["reason"].notna(), "not known")
        for reason in reasons.value_counts().index:
            those = (reasons == reason).to_numpy()
            frame.append(_row(str(reason), losses[those], surprised[those], check.level))
    return Unforeseen(
        frame=pd.DataFrame(frame),
        customers=losses[surprised].sort_values("margin", ascending=False, ignore_index=True),
        flagged=check.flagged,
        level=check.level,
        currency=check.currency,
    )


def _row(reason: str, losses: pd.DataFrame, surprised: np.ndarray, level: float) -> dict:
    n, n_surprised, margin = len(losses), int(surprised.sum()), losses["margin"].fillna(0).to_numpy()
    low, high = share_interval(n_surprised, n, level)
    return {
        "reason": reason,
        "in_words": "anything" if reason == ANY_REASON else short_words("reason", reason),
        "n": n,
        "n_unforeseen": n_surprised,
        "share": n_surprised / n,
        "share_low": float(low),
        "share_high": float(high),
        "by_lot": losses["missed_by_lot"].mean(),
        "margin_share": margin[surprised].sum() / margin.sum() if margin.sum() > 0 else np.nan,
    }


def _answer(found: Unforeseen) -> Iterator[str]:
    row = found.frame.iloc[0]
    money = "" if pd.isna(row["margin_share"]) else f", with {format_percent(row['margin_share'])} of the money lost"
    flagged = format_percent(found.flagged, 0)
    yield (
        f"{found.interval(row, 'share', 'percent')} of {counted(row['n'], 'customers')} lost came as a surprise"
        f"{money}: they had never been among the riskiest {flagged} of a month."
    )
    yield (
        f"With as many customers picked at random instead, {format_percent(row['by_lot'])} would have"
        f"{_where_not(found)}."
    )
    yield "A flag is no reproach to anybody: it says that the data told, not that the loss could have been prevented."


def _where_not(found: Unforeseen) -> str:
    """Say of which reasons not clearly fewer came as a surprise than would have at random."""
    alike = found.as_by_lot["in_words"]
    return (
        f"; losses recorded as {join_words(alike)} did about as often, so nothing in the data is shown to announce them"
        if len(alike)
        else ""
    )


def _more(found: Unforeseen) -> Iterator[str]:
    yield (
        "At random: each month as many customers who had not been flagged before are drawn as were flagged first then, "
        "so that as many different ones are flagged in all."
    )
