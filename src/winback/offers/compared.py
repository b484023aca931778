"""What does a comparison of offers show? Its answer, its tiles and tables, and the ranking under other assumptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.money import format_alike
from winback.offers import comparison_words as words
from winback.offers.adjusted import AdjustedComparison, adjusted_comparison, columns_in_words
from winback.offers.assumptions import assumption_lines
from winback.offers.carriers import ValueCarriers
from winback.offers.comparison_figures import ComparisonSettings
from winback.offers.longer import LeadHolds, counted_longer, lead_holds
from winback.offers.organic_range import highest_share
from winback.offers.sensitivity import (
    OfferSensitivity,
    break_even_lines,
    default_shares,
    organic_sensitivity,
    revalued,
)
from winback.offers.tailored import TailoredComparison, compare_tailored
from winback.offers.tiles import headline_tiles
from winback.offers.told_apart import next_step, not_told_from, verdict_words, within_words
from winback.offers.what_if import WhatIf, what_if
from winback.results import Result, Sentences, Shown
from winback.tables import NO_OFFER
from winback.trial import moments as m
from winback.trial.compared import compared_moments
from winback.trial.design_checks import DesignReport
from winback.trial.splits import Splits
from winback.trial.trial import Trial

FIRST_SCREEN = (
    "Offer",
    "Customers",
    "Came back",
    "Cost per customer",
    "Gross profit per customer",
    "Gross ROI",
    "Organic return assumed",
    "Incremental profit per customer",
    "Incremental ROI",
    "Remark",
)


@dataclass(frozen=True, repr=False)
class OfferComparison(Result):
    """Each offer's acceptance, cost, profit and ROI, ranked by profit (incremental where it is known or assumed).

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, most profitable first, see `compare_offers`.
    differences : pandas.DataFrame
        One row per pair of offers: ``first``, ``second``, ``difference`` in profit per customer, ``std_error``, its
        interval ``difference_low``, ``difference_high`` (which allows for all pairs looked at), whether they are
        ``told_apart`` (the interval leaves out zero) and ``equivalent`` (it lies within ``equivalent_within``; never
        where no such bound was named).
    flips : pandas.DataFrame
        Where two offers change places as organic return grows, see `winback.offers.economics.organic_flips`.
    control : ArmMoments or None
        The untreated, where they are a random control group.
    trial : Trial or None
        What was compared; None where only figures of each offer were known.
    carriers : ValueCarriers or None
        Who carries each offer's value, likewise.
    catalogue : tuple of str
        All offers in the order in which the campaign names them, by which figures tell their colours.
    """

    frame: pd.DataFrame
    differences: pd.DataFrame
    flips: pd.DataFrame
    settings: ComparisonSettings
    arms: m.ArmMoments = field(repr=False)
    control: m.ArmMoments | None = field(default=None, repr=False)
    trial: Trial | None = field(default=None, repr=False)
    carriers: ValueCarriers | None = field(default=None, repr=False)
    catalogue: tuple[str, ...] = field(default=(), repr=False)
    again: Callable[..., OfferComparison] | None = field(default=None, repr=False)  # the same of another trial
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "acceptance": ("Came back", "percent"),
        "cost_per_customer": ("Cost per customer", "money"),
        "gross_profit": ("Gross profit per customer", "money"),
        "gross_roi": ("Gross ROI", "percent0"),
        "value_per_returned": ("Value per returned", "money"),
        "gross_profit_total": ("Gross profit in total", "money"),
        "organic": ("Organic return assumed", "percent"),
        "gross_profit_corrected": ("Gross profit corrected for the pick", "money"),
        "incremental_profit": ("Incremental profit per customer", "money"),
        "incremental_profit_corrected": ("Incremental profit corrected for the pick", "money"),
        "incremental_roi": ("Incremental ROI", "percent0"),
        "incremental_profit_total": ("Incremental profit in total", "money"),
        "probability_best": ("Chance of being best", "chance"),
        "expected_loss": ("Expected loss if chosen", "money"),
        "break_even_organic": ("Break-even organic return", "percent"),
        "remark": ("Remark", "text"),
    }

    @property
    def design(self) -> DesignReport | None:
        """The checks made before."""
        return None if self.trial is None else self.trial.design

    @property
    def n_left_out(self) -> int:
        """Customers judged not promising beforehand, who are not compared."""
        return 0 if self.trial is None else self.trial.n_not_promising

    @property
    def widening(self) -> float | None:
        """How many times as wide the first offer's interval is as if clusters were not; None where there are none."""
        if self.trial is None or self.trial.clusters is None:
            return None
        alone = compared_moments(self.trial, independent=True)
        first, control = alone[self.frame["offer"].iloc[0]], alone[NO_OFFER] if self.control is not None else None
        variance = m.profit(self.arms.arm(0), self.control)[1][0]
        return float(np.sqrt(variance / m.profit(first, control)[1][0]))

    @property
    def kind(self) -> str:
        """Whether offers are judged by ``incremental`` figures (measured or assumed) or by ``gross`` ones."""
        return "incremental" if self.control is not None or self.settings.organic is not None else "gross"

    @property
    def winners(self) -> list[str]:
        """The offer that earns most, with those that are not clearly different from it."""
        leader = self.frame["offer"].iloc[0]
        return [leader, *not_told_from(leader, self.differences)]

    @property
    def within(self) -> str:
        """The difference per customer that would not matter, in words; empty where none was named."""
        return within_words(self.settings.equivalent_within, self.currency)

    @cached_property
    def adjusted(self) -> AdjustedComparison | None:
        """The same figures plain and adjusted for what was known beforehand, side by side.

        For the columns declared (``adjust`` of `winback.read_trial`), else for all from which the trial predicts
        outcomes; None where there are none, a group is too small for so many, or only figures are known.

        Examples
        --------
        >>> import winback as wb
        >>> wb.compare_offers(wb.load_telecom_study().trial).adjusted.frame.columns[:3].tolist()
        ['offer', 'plain_profit', 'plain_profit_low']
        """
        return None if self.trial is None else adjusted_comparison(self.trial, self.frame["offer"], self.settings)

    @cached_property
    def longer(self) -> OfferComparison | None:
        """The same over as many months as the data still cover, where these are more; None where they are not."""
        return counted_longer(self)

    @cached_property
    def lead_holds(self) -> LeadHolds | None:
        """Up to about how many months counted the first offer stays first, and clearly so."""
        return lead_holds(self)

    @property
    def adjusted_for(self) -> str:
        """What the headline is adjusted for, in words; empty where nothing was declared."""
        columns = () if self.trial is None else self.trial.adjust
        return f"adjusted for {columns_in_words(columns)}, as declared beforehand" if columns else ""

    @property
    def highest_organic(self) -> float:
        """Up to which organic return it is worth looking, see `winback.offers.organic_range`."""
        assumed = self.settings.organic
        back = 0.0 if self.control is None else float(self.control.mean[0, 0])
        return highest_share(self.frame["break_even_organic"], back if assumed is None else assumed.high)

    @door
    def sensitivity(self, varied: str, values: Iterable[float] | None = None) -> OfferSensitivity:
        """Return the ranking at another ``horizon`` in months, annual ``discount`` or ``organic`` return.

        Profit is gross, and with organic returns (shares; each worth ``organic_value`` of the trial, by default the
        offer's own value per returned customer) incremental. By default parts of the horizon are tried, rates from 0 to
        20%, organic returns from 0 to 40%, or as far as matters.

        Examples
        --------
        >>> import winback as wb
        >>> wb.compare_offers(wb.load_telecom_study().trial).sensitivity("organic", [0.0, 0.1]).frame.shape
        (8, 4)
        """
        offers = self.frame["offer"]
        if varied == "organic":
            shares = default_shares(self.settings.organic, self.highest_organic) if values is None else values
            said = {"notes": tuple(break_even_lines(self.frame)), "currency": self.currency}
            return organic_sensitivity(offers, self.arms, self.settings.organic_value, shares, **said)
        if varied not in ("horizon", "discount"):
            raise ValueError(f"varied must be horizon, discount or organic; got {varied!r}.")
        if self.trial is None:
            raise ValueError(f"Only figures of each offer are known, so the {varied} cannot be varied.")
        return revalued(self.trial, offers, varied, values)

    @door
    def tailored(self, name: str | None = None, *, splits: Splits = Splits()) -> TailoredComparison:  # noqa: B008 (frozen)
        """Set a tailored offer beside the same rule made of the single offers it assigns.

        Its ``name`` may be left out where there is one; ``splits`` are the folds of the scores, and their seed.

        Examples
        --------
        >>> import winback as wb
        >>> wb.compare_offers(wb.load_telecom_study().trial).tailored().frame["figure"].tolist()
        ['returned', 'value', 'cost', 'profit']
        """
        if self.trial is None:
            raise ValueError("Only figures of each offer are known, so a rule cannot be composed of them.")
        settings = {"level": self.settings.level, "equivalent_within": self.settings.equivalent_within}
        return compare_tailored(self.trial, name, splits=splits, **settings)

    def what_if(self) -> WhatIf:
        """Return sliders for costs, organic return, horizon and discount rate, on a page and in JupyterLab."""
        return what_if(self)

    def describe(self) -> Sentences:
        """Say which offer to send, how far ahead it is, and the doubt that matters most."""
        return Sentences.of(words.answer_lines(self))

    def details(self) -> Sentences:
        """Say the other doubts, what the offers add, how sure the choice is, and where offers stop paying."""
        return Sentences.of(words.detail_lines(self))

    def what_to_do(self) -> Sentences:
        """Say what to do next: send, test on, or leave it."""
        return Sentences.of([next_step(self)])

    def assumptions(self) -> Sentences:
        """Return what the comparison assumes: its terms, the offers' costs, and who would return without an offer."""
        offers = None if self.trial is None else self.trial.offers
        has_control, n = self.control is not None, len(self.frame)
        lines = assumption_lines(self.settings, offers, has_control, self.kind, n)
        return Sentences.of([*lines, *words.adjusted_assumption(self)])

    def tiles(self) -> Shown:
        """Return the headline figures of the most profitable offer as tiles.

        Examples
        --------
        >>> import winback as wb
        >>> wb.compare_offers(wb.load_telecom_study().trial).tiles().frame["figure"].tolist()
        ['discount', '$291', '$2.91 million', '539%', '99.7%']
        """
        return headline_tiles(self)

    def first_table(self) -> Shown:
        """Return the table of the first screen."""
        table = self.table()
        return Shown(table[[name for name in FIRST_SCREEN if name in table]])

    def second_table(self) -> Shown:
        """Return what the first table leaves out."""
        table = self.table()
        return Shown(table[["Offer", *(name for name in table if name not in FIRST_SCREEN)]])

    def differences_table(self) -> Shown:
        """Return the differences in profit between all pairs of offers, with their verdict."""
        pairs = self.differences
        money = pairs[["difference", "difference_low", "difference_high"]].to_numpy()
        texts = np.reshape(format_alike(money.ravel(), self.currency, signed=True), money.shape)
        columns = {
            "Pair": pairs["first"] + " over " + pairs["second"],
            "Difference in profit per customer": texts[:, 0],
            "Interval (allows for all pairs)": [" to ".join(ends) for ends in texts[:, 1:]],
            "Verdict": verdict_words(pairs, self.within),
        }
        if self.adjusted_for:
            plain = self.adjusted.differences["plain_difference"]
            columns["Plain difference, not adjusted"] = format_alike(plain, self.currency, signed=True)
        return Shown(pd.DataFrame(columns))
