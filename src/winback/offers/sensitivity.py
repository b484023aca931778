"""What if the assumptions were others? The ranking by horizon, discount rate and organic return."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from winback.offers.break_even import break_even_lines
from winback.offers.comparison import OfferComparison
from winback.results import Result, Sentences, format_money, join_words
from winback.terms.catalog import Offer, OfferCatalog, as_catalog
from winback.terms.organic import AssumedOrganic
from winback.trial import moments as m
from winback.trial.outcomes import trial_moments, typed_trial

ORGANIC_GRID = (0.0, 0.05, 0.10, 0.20, 0.30, 0.40)
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
            return Sentences.of([f"Whatever the {self.varied} in this table, {said[names[0]]}.", *self.notes])
        each = [f"{said[name]} at {join_words(best.index[best == name])}" for name in names]
        return Sentences.of([f"By {self.varied}: {'; '.join(each)}.", *self.notes])

    def table(self) -> pd.DataFrame:
        """Return one row per setting, one column per offer, and which is best."""
        if self.frame.empty:
            return pd.DataFrame()
        wide = self.frame.set_index(["setting", "offer"])["profit"].unstack()  # noqa: PD010 (nothing to aggregate)
        wide = wide.loc[self.frame["setting"].unique(), self.frame["offer"].unique()]
        text = wide.map(lambda amount: format_money(amount, self.currency))
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


def organic_sensitivity(result: OfferComparison, shares: Iterable[float] | None = None) -> OfferSensitivity:
    """Return incremental profit and ROI if other shares of customers had returned without an offer.

    One who returns without an offer is worth ``organic_value`` of the comparison, by default the offer's own value
    per returned customer.

    Parameters
    ----------
    result : OfferComparison
        From `compare_offers`.
    shares : iterable of float
        Organic returns to try; by default 0 to 40%, and those that the comparison assumes.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> organic_sensitivity(wb.compare_offers(study.lapsed, study.offers), [0.0, 0.1]).frame.shape
    (8, 4)
    """
    shares = _default_shares(result.settings.organic) if shares is None else list(shares)
    if not shares or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"shares must be one or more shares from 0 to 1; got {shares}.")
    parts = []
    for setting, share in {f"{100 * share:.6g}%": share for share in shares}.items():
        profit, _, _, roi = m.profit_and_roi_at(result.arms, share, result.settings.organic_value)
        offers = result.frame["offer"]
        parts.append(pd.DataFrame({"setting": setting, "offer": offers, "profit": profit, "roi": roi.ratio}))
    notes = tuple(break_even_lines(result.frame))
    return OfferSensitivity(pd.concat(parts, ignore_index=True), "organic return", result.currency, notes)


def _default_shares(assumed: AssumedOrganic | None) -> list[float]:
    """Return the shares that are tried: those of the grid, and those assumed."""
    own = () if assumed is None else (assumed.low, assumed.middle, assumed.high)
    return sorted({*ORGANIC_GRID, *own})


def horizon_sensitivity(
    customers: pd.DataFrame, offers: OfferCatalog | list[Offer], result: OfferComparison
) -> OfferSensitivity:
    """Return gross profit over shorter horizons than the comparison's; nothing where value was measured directly."""
    if result.settings.horizon_months is None:
        return _nothing_to_vary("horizon", result)
    horizons = [share * result.settings.horizon_months for share in HORIZON_SHARES]
    settings = [(f"{horizon:.1f} months", horizon, result.settings.annual_discount) for horizon in horizons]
    return _revalued(customers, offers, result, settings, "horizon")


def discount_sensitivity(
    customers: pd.DataFrame, offers: OfferCatalog | list[Offer], result: OfferComparison
) -> OfferSensitivity:
    """Return gross profit at other annual discount rates; nothing where value was measured directly."""
    if result.settings.horizon_months is None:
        return _nothing_to_vary("discount rate", result)
    rates = sorted({*DISCOUNT_GRID, result.settings.annual_discount})
    settings = [(f"{100 * rate:.6g}% a year", result.settings.horizon_months, rate) for rate in rates]
    return _revalued(customers, offers, result, settings, "discount rate")


def _nothing_to_vary(varied, result) -> OfferSensitivity:
    return OfferSensitivity(pd.DataFrame(columns=["setting", "offer", "profit", "roi"]), varied, result.currency)


def _revalued(customers, offers, result, settings, varied) -> OfferSensitivity:
    catalog = as_catalog(offers)
    table = typed_trial(customers, catalog)
    parts = []
    offers = result.frame["offer"]
    for words, horizon, discount in settings:
        arms = trial_moments(table, catalog, horizon, discount)
        stacked = m.stack_arms([arms[name] for name in offers])
        profit, roi = m.profit(stacked)[0], m.return_on_investment(stacked).ratio
        parts.append(pd.DataFrame({"setting": words, "offer": offers, "profit": profit, "roi": roi}))
    return OfferSensitivity(pd.concat(parts, ignore_index=True), varied, result.currency)
