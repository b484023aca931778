"""What if the assumptions were others? The ranking by horizon, discount and organic return; break-even in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from winback.money import format_alike
from winback.offers.organic_range import table_shares
from winback.results import Result, Sentences, format_percent, join_words
from winback.terms.organic import AssumedOrganic
from winback.trial import moments as m
from winback.trial.compared import compared_moments
from winback.trial.trial import Trial

DISCOUNT_GRID = (0.0, 0.05, 0.10, 0.20)
NO_OFFER_PAYS = "no offer pays"
HORIZON_SHARES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, repr=False)
class OfferSensitivity(Result):
    """Each offer's profit per customer under other assumptions.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``setting`` (in words), ``offer``, ``profit`` (gross; incremental where organic return varies) and ``roi``.
    varied : str
        What was varied.
    """

    frame: pd.DataFrame
    varied: str
    currency: str = "$"
    notes: tuple[str, ...] = ()  # further sentences
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def describe(self) -> Sentences:
        """Say whether the best offer stays the best."""
        if self.frame.empty:
            return Sentences.of([f"Value was measured directly, so the {self.varied} cannot be varied."])
        best = self._best("profit")
        names = list(dict.fromkeys(best))
        said = {name: f"{name} comes first" for name in names} | {NO_OFFER_PAYS: NO_OFFER_PAYS}
        if len(names) == 1:
            return Sentences.of([f"Whatever the {self.varied} in this table, {said[names[0]]}."])
        each = [f"{said[name]} at {join_words(best.index[best == name])}" for name in names]
        return Sentences.of([f"By {self.varied}: {'; '.join(each)}."])

    def details(self) -> Sentences:
        """Say at which organic return each offer stops paying, where that was varied."""
        return Sentences.of(self.notes)

    def table(self) -> pd.DataFrame:
        """Return one row per setting, one column per offer, and which is best."""
        if self.frame.empty:
            return pd.DataFrame()
        wide = self.frame.set_index(["setting", "offer"])["profit"].unstack()  # noqa: PD010 (nothing to aggregate)
        wide = wide.loc[self.frame["setting"].unique(), self.frame["offer"].unique()]
        text = wide.apply(lambda amounts: pd.Series(format_alike(amounts, self.currency), amounts.index))
        text.insert(0, self.varied.capitalize(), text.index)
        text["Earns most"] = self._best("profit").to_numpy()
        if self.frame["roi"].notna().any():
            text["Best ROI"] = self._best("roi").to_numpy()
        return text.reset_index(drop=True).rename_axis(columns=None)

    def _best(self, measure: str) -> pd.Series:
        """Return the best offer of each setting, or that no offer pays."""
        best = {}
        for setting, rows in self.frame.groupby("setting", sort=False):
            winner = rows.loc[rows[measure].idxmax()]
            best[setting] = winner["offer"] if winner[measure] > 0 else NO_OFFER_PAYS
        return pd.Series(best)


def organic_sensitivity(
    offers: pd.Series,
    arms: m.ArmMoments,
    organic_value: float | None,
    shares: Iterable[float],
    notes: tuple[str, ...],
    currency: str,
) -> OfferSensitivity:
    """Return incremental profit and ROI if other shares of customers had returned without an offer.

    One who does is worth ``organic_value``; None: the offer's own value per returned customer.
    """
    shares, parts = list(shares), []
    if not shares or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"shares must be one or more shares from 0 to 1; got {shares}.")
    for setting, share in {f"{100 * share:.6g}%": share for share in shares}.items():
        profit, _, _, roi = m.profit_and_roi_at(arms, share, organic_value)
        parts.append(pd.DataFrame({"setting": setting, "offer": offers, "profit": profit, "roi": roi.ratio}))
    return OfferSensitivity(pd.concat(parts, ignore_index=True), "organic return", currency, notes)


def default_shares(assumed: AssumedOrganic | None, highest: float = 0.4) -> list[float]:
    """Return the shares that are tried: those of a table up to the highest, and those assumed."""
    own = () if assumed is None else (assumed.low, assumed.middle, assumed.high)
    return sorted({*table_shares(highest), *own})


def revalued(trial: Trial, offers: Iterable[str], varied: str, values: Iterable[float] | None) -> OfferSensitivity:
    """Return gross profit over other horizons or at other discount rates; nothing where value was measured directly."""
    offers, parts = list(offers), [pd.DataFrame(columns=["setting", "offer", "profit", "roi"])]
    if trial.horizon_months is None:
        over = {}
    elif varied == "horizon":
        tried = [share * trial.horizon_months for share in HORIZON_SHARES] if values is None else values
        over = {f"{months:.1f} months": trial.over(horizon_months=months) for months in tried}
    else:
        tried = sorted({*DISCOUNT_GRID, trial.annual_discount}) if values is None else values
        over = {f"{100 * rate:.6g}% a year": trial.over(annual_discount=rate) for rate in tried}
    for setting, other in over.items():
        stacked = m.stack_arms([compared_moments(other)[name] for name in offers])
        profit, roi = m.profit(stacked)[0], m.return_on_investment(stacked).ratio
        parts.append(pd.DataFrame({"setting": setting, "offer": offers, "profit": profit, "roi": roi}))
    frame = pd.concat(parts[1:] or parts, ignore_index=True)
    what = "interest rate" if varied == "discount" else varied  # an offer may be called discount
    return OfferSensitivity(frame, what, trial.currency)


def break_even_lines(frame: pd.DataFrame) -> Iterator[str]:
    """Yield at which organic return each ``offer`` in a frame stops paying; what is no share is put in words.

    A share whose interval reaches beyond 0 or 1 is not said.

    Examples
    --------
    >>> list(break_even_lines(pd.DataFrame({"offer": ["call"], "break_even_organic": [0.391]})))[0][-54:]
    'ed without it: call 39.1% (break-even organic return).'
    """
    known = frame[frame["break_even_organic"].notna()]
    low, high = (known.get(f"break_even_organic{end}", known["break_even_organic"]) for end in ("_low", "_high"))
    is_share, is_sure = known["break_even_organic"].between(0, 1), ~((low < 0) | (high > 1))
    shares, unsure = known[is_share & is_sure], known["offer"][is_share & ~is_sure]
    if len(shares):
        each = [f"{row.offer} {format_percent(row.break_even_organic)}" for row in shares.itertuples()]
        yield (
            f"An offer stops paying when this share would have returned without it: {join_words(each)} "
            "(break-even organic return)."
        )
    if len(unsure):
        yield f"{join_words(unsure)}: so uncertain that no break-even organic return can be told."
    never = known["offer"][known["break_even_organic"] < 0]
    always = known["offer"][known["break_even_organic"] > 1]
    if len(never):
        yield f"{join_words(never)}: the cost is above the value, so there is no break-even organic return."
    if len(always):
        yield f"{join_words(always)}: pays whatever the organic return, so there is no break-even."
