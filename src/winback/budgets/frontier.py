"""How does a frontier show itself? Profit against customers regained, predicted and measured, in a table and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.budgets.choices import FAIR, Choices
from winback.budgets.hull import HullWalk
from winback.budgets.measured import Measured, Scored, measuring_trial, price_of_a_customer
from winback.budgets.one_offer_ends import OneOfferEnds, one_offer_ends
from winback.doors import door
from winback.money import format_alike, format_money, money_interval
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial.trial import Trial
from winback.uncertainty import RatioInterval

DOUBT = (
    "All figures are expected, by what made the values and chose the customers, so they are likely too good: measure "
    "them in a trial of customers who did not shape them."
)


@dataclass(frozen=True, repr=False, kw_only=True)
class ProfitShareFrontier(Result):
    """Profit against customers regained, see `profit_share_frontier`.

    Attributes
    ----------
    frame : pandas.DataFrame
        From most profit to most customers, 51 points or all corners where there are fewer: ``n_regained`` (expected),
        ``{kind}_profit_total`` in money, ``price_of_next_customer`` (profit given up for one customer more, in money;
        missing at the end), ``share_contacted``, and ``share_<offer>`` of customers, also ``share_none``.
    price_of_last : float
        Profit given up for the last customer regained, in money.
    walk, steps
        The steps from most profit to most customers, and how many of them each row of the frame has taken.
    measured_ends : mapping or None
        Between the two ends as measured, see `measure`, paired customer by customer: ``regained`` more and ``profit``
        less.
    measured_price : RatioInterval or None
        The one for each of the other, in money a customer, with Fieller's interval.
    """

    frame: pd.DataFrame = field(repr=False)
    price_of_last: float
    choices: Choices = field(repr=False)
    walk: HullWalk = field(repr=False)
    steps: np.ndarray = field(repr=False)
    measured_ends: Mapping[str, Measured] | None = None
    measured_price: RatioInterval | None = None
    one_offer: OneOfferEnds | None = None  # both ends, where each is one offer and a whole trial measured them
    currency: str = "$"

    @property
    def kind(self) -> str:
        """Whether profit and customers are incremental or gross."""
        return self.choices.kind

    @property
    def profit_column(self) -> str:
        """Name of the column of profit."""
        return f"{self.kind}_profit_total"

    @property
    def shown(self) -> Mapping[str, tuple[str, str]]:
        """Columns for readers."""
        return {
            "n_regained": (f"Customers regained ({self.kind})", "count"),
            self.profit_column: (f"Expected {self.kind} profit", "money"),
            "measured_regained": ("Regained, measured", "count"),
            "measured_profit_total": ("Profit, measured", "money"),
            "price_of_next_customer": ("Price of the next customer", "money"),
            "share_contacted": ("Contacted", "percent"),
            **{f"share_{offer}": (offer, "percent") for offer in self.choices.offers},
        }

    def table(self) -> pd.DataFrame:
        """Return about seven points of the frontier, rounded."""
        rows = np.unique(np.linspace(0, len(self.frame) - 1, 7).round().astype(int))
        return self.rounded(self.frame.iloc[rows])

    @door
    def measure(
        self, trial: Trial | None = None, *, whole: Trial | None = None, level: float = 0.95
    ) -> ProfitShareFrontier:
        """Measure every point of the frontier in a trial of its customers, see `winback.budgets.measured`.

        ``trial`` and ``level`` are as in `BudgetPlan.measure`. The same frontier is returned, with
        ``measured_profit_total`` and ``measured_regained`` in its frame, each with ``_low`` and ``_high``, and
        ``measured_ends`` and ``measured_price``. ``whole`` is the trial of all customers, also of those by whom the
        choices were found: where both ends are one offer for everybody they are measured on it.

        Examples
        --------
        >>> import winback as wb
        >>> fit_on, judge_by = wb.hold_out(wb.load_telecom_study().trial, 0.5)
        >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
        >>> frontier = wb.profit_share_frontier(wb.second_lifetime_value(fit, judge_by)).measure()
        >>> bool(frontier.frame["measured_regained"].gt(0).all())
        True
        """
        trial = measuring_trial("the frontier", self.choices, trial)
        chosen = [self.walk.choices_after(steps) for steps in self.steps]
        columns, ends, between = {}, {}, {}
        for name, outcome, sign in (("profit_total", "profit", -1), ("regained", "returned", 1)):
            scored = Scored.by(self.choices, trial, outcome, level)
            points = [scored.each(each) for each in chosen]
            columns |= scored.columns(f"measured_{name}", points)
            between[outcome] = sign * (points[-1] - points[0])
            ends[name.split("_")[0]] = scored.total(between[outcome])
        price = price_of_a_customer(scored, between["profit"], between["returned"], level)
        found = replace(self, frame=self.frame.assign(**columns), measured_ends=ends, measured_price=price)
        both = None if whole is None else one_offer_ends(self.choices, whole, (chosen[0], chosen[-1]), level)
        return found if both is None else _with_one_offer_ends(found, both)

    def describe(self) -> Sentences:
        """Say what market share costs, how sure that is, and over what it is counted."""
        if self.measured_ends is None:
            return Sentences.of([f"Predicted: {_predicted(self)}", DOUBT, _over_what(self)])
        return Sentences.of([_measured_between_ends(self), f"Predicted was: {_predicted(self)}", _over_what(self)])

    def what_to_do(self) -> Sentences:
        """Say what to do next: choose for profit, for customers, or measure first."""
        return Sentences.of([_next_step(self)])

    def details(self) -> Sentences:
        """Say where profit is largest and where customers are most, and what was measured there."""
        first, last = self.frame.iloc[0], self.frame.iloc[-1]
        lines = [f"Profit is largest, as predicted, {_at(self, first)}."]
        if last["n_regained"] > first["n_regained"]:
            lines.append(f"The most customers are regained, as predicted, {_at(self, last)}.")
        if self.measured_ends is not None:
            lines += _measured_at_ends(self)
        if self.choices.n_set_aside:
            lines.append(f"{counted(self.choices.n_set_aside, 'customers who were not eligible', 'are')} left out.")
        return Sentences.of(lines)


def _with_one_offer_ends(frontier: ProfitShareFrontier, both: OneOfferEnds) -> ProfitShareFrontier:
    """Return the frontier with its two ends as a whole trial measured them."""
    frame = frontier.frame.copy()
    for name, ends in both.columns.items():
        frame.loc[[frame.index[0], frame.index[-1]], name] = ends
    return replace(frontier, frame=frame, measured_ends=both.between, measured_price=both.price, one_offer=both)


def _next_step(frontier: ProfitShareFrontier) -> str:
    """Say in one sentence what to do on Monday."""
    first, last, ends = frontier.frame.iloc[0], frontier.frame.iloc[-1], frontier.measured_ends
    if frontier.kind == "gross":
        return "Before choosing for either, leave a random part without an offer: only they show who returns anyway."
    for_profit = "Choose for profit" if first["share_contacted"] > 0 else "For profit contact nobody"
    if last["n_regained"] <= first["n_regained"]:
        return f"{for_profit}: no other choice regains more customers."
    if ends is None:
        return f"{for_profit}, and measure in a trial what more customers would cost before buying any."
    fewer, more = ends["profit"], ends["regained"]
    if more.low <= 0:
        return f"{for_profit}: that these offers can buy market share is not shown."
    if fewer.low <= 0:
        return f"{for_profit}, or for customers where these count by themselves: that they cost profit is not shown."
    return (
        f"{for_profit}, unless one more customer is worth over {_price(frontier)} to you beyond what they bring "
        "themselves."
    )


def _price(frontier: ProfitShareFrontier) -> str:
    """Write what each customer more costs, and how sure that is."""
    price = frontier.measured_price
    if price.bounded:
        return money_interval(price.ratio, price.low, price.high, frontier.currency)
    return f"{format_money(price.ratio, frontier.currency)} (how much more or less, the trial does not tell)"


def _predicted(frontier: ProfitShareFrontier) -> str:
    first, last = frontier.frame.iloc[0], frontier.frame.iloc[-1]
    more = last["n_regained"] - first["n_regained"]
    forgone = first[frontier.profit_column] - last[frontier.profit_column]
    if more <= 0:
        return "no choice regains more customers than the most profitable one."
    given, each, of_last = format_alike((forgone, forgone / more, frontier.price_of_last), frontier.currency)
    return (
        f"the firm that buys market share gives up {given} for {format_count(more)} more customers, {each} each, "
        f"the last one for {of_last}, if the predictions are right; they have no interval."
    )


def _over_what(frontier: ProfitShareFrontier) -> str:
    if frontier.kind == "gross":
        return "Profit and customers are gross: who would return without an offer is unknown and not taken off."
    without = frontier.choices.alone.assumed or "what the same values expect without an offer"
    return f"Profit and customers are over leaving everybody alone: {without} is taken off."


def _measured_between_ends(frontier: ProfitShareFrontier) -> str:
    fewer, more = frontier.measured_ends["profit"], frontier.measured_ends["regained"]
    none_clear = all(each.low <= 0 <= each.high for each in (fewer, more))
    unclear = ": no clear difference in either" if none_clear else ""
    profit = money_interval(fewer.total, fewer.low, fewer.high, frontier.currency).replace(" [", " less profit [")
    counts = [format_count(each) for each in (more.total, more.low, more.high)]
    terms = f" ({fewer.terms})" if fewer.terms else ""
    one = frontier.one_offer
    which, trial = (f" ({one.offers[1]} for all in place of {one.offers[0]})", "whole trial") if one else ("", "trial")
    return (
        f"Of {counted(len(frontier.choices.profits), 'customers')}, buying market share{which} regains "
        f"{counts[0]} more [{counts[1]}, {counts[2]}] for {profit}, as measured in the {trial}{terms}{unclear}."
    )


def _measured_at_ends(frontier: ProfitShareFrontier) -> Iterator[str]:
    for row, where in ((frontier.frame.iloc[0], "most profitable"), (frontier.frame.iloc[-1], "largest")):
        profit = frontier.interval(row, "measured_profit_total", "money")
        back = frontier.interval(row, "measured_regained", "count")
        yield f"Measured in the trial, the {where} choice earns {profit} and regains {back}."
    if frontier.one_offer:
        yield (
            f"Both are one offer for everybody, with nothing predicted: all {format_count(frontier.one_offer.n)} "
            "customers of the trial measure them, as they do where the offers are compared."
        )
    what = "What lies between" if frontier.one_offer else "That"
    yield f"{what} is {FAIR[frontier.choices.unseen]}."


def _at(frontier: ProfitShareFrontier, row: pd.Series) -> str:
    profit = format_money(row[frontier.profit_column], frontier.currency)
    shares = {name: row[f"share_{name}"] for name in (*frontier.choices.offers, NO_OFFER)}
    mix = join_words(f"{name} {format_percent(share, 0)}" for name, share in shares.items() if share >= 0.005)
    return f"at {profit}, with {counted(row['n_regained'], 'customers')} regained ({mix})"
