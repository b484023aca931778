"""When is it best to call, in words, how sure is that, and is it the delay or the customers?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.outreach.return_by_delay import DelayCurve
from winback.results import Result, Sentences, counted, format_percent, join_words, state_p_value
from winback.tables import NO_OFFER
from winback.trial.trial import Trial

EARLIER, LATER = "earlier is better", "later is better"
BETWEEN, NO_BEST = "best in between", "not the same at all times, and no time is shown to be best"
NOT_SHOWN, TOO_FEW = "no difference is shown", "too few for a curve"
BY_CHANCE = 0.05  # a covariate that differs no more than that may differ by chance
NOT_RANDOM = 0.001  # as the check of a trial's groups: a claim of chance does not hold against that
TINY = 0.001  # a p-value below it is written as a bound
MOST_NAMED = 3
LEAST = 0.05  # of 100 customers: less would be written as none
AWAY = "months away"


def verdict_of(curve: DelayCurve | None, p_value: float, level: float) -> str:
    """Say what a curve shows: its p-value allows for the other offers."""
    if curve is None:
        return TOO_FEW
    if p_value >= 1 - level:
        return NOT_SHOWN
    good = curve.as_good_as_the_best(level)
    return {(True, False): EARLIER, (False, True): LATER, (False, False): BETWEEN}.get((good[0], good[-1]), NO_BEST)


@dataclass(frozen=True, repr=False)
class CallingTimes(Result):
    """Who came back by months away under each offer, see `when_to_call`.

    Attributes
    ----------
    frame : pandas.DataFrame
        Counted: ``offer`` (``none``: sent nothing), ``away`` in words, ``months_from``, ``months_to``, ``n``,
        ``n_returned``, the share ``returned`` with its ends.
    curve : pandas.DataFrame
        ``offer``, ``months_away``, ``chance`` with its ends; ``added`` above those who were sent nothing, with its own.
    offers : pandas.DataFrame
        Per offer sent: ``verdict``, ``p_value`` of one chance at all times (Holm's), ``best`` month by the curve, those
        not told apart from it (``best_from``, ``best_to``), the chance at the ``first`` and at the ``last`` month seen.
    balance : pandas.DataFrame
        How what was known beforehand moves with months away, see `winback.outreach.reached_later`.
    followed : pandas.DataFrame
        Likewise of the time that customers were followed.
    """

    frame: pd.DataFrame
    curve: pd.DataFrame = field(repr=False)
    offers: pd.DataFrame
    balance: pd.DataFrame = field(repr=False)
    followed: pd.DataFrame = field(repr=False)
    random_delays: bool
    n_unknown: int
    least_followed: float
    level: float
    trial: Trial = field(repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "away": ("Months away", "text"),
        "n": ("Customers", "count"),
        "returned": ("Came back", "percent"),
    }

    @property
    def causal(self) -> bool:
        """Whether the difference is what waiting does: delays were drawn at random, and nothing speaks against it."""
        return self.random_delays and not (self.balance["p_value"] < NOT_RANDOM).any()

    def describe(self) -> Sentences:
        """Say when it is best to call, how sure that is, and whether it is the delay or the customers."""
        return Sentences.of([self._answer(), *self._how_sure(), self._why()])

    def what_to_do(self) -> Sentences:
        """Say up to when to call; nothing where delays were not drawn at random, or no time is best."""
        best = self.offers[self.offers["verdict"] == EARLIER]
        if not self.causal or best.empty:
            return Sentences()
        each = [f"{row.offer} within {_months(row.best_to)}" for row in best.itertuples()]
        return Sentences.of(
            [f"Where not all can be reached at once, begin with the newest leavers: {join_words(each)} of leaving."]
        )

    def details(self) -> Sentences:
        """Say who was counted, what came back anyway, how long customers were followed and what intervals mean."""
        return Sentences.of(filter(None, [*self._tests(), *self._beside_nothing(), *self._times(), *self._limits()]))

    def _answer(self) -> str:
        said = []
        for verdict in (EARLIER, LATER, BETWEEN, NO_BEST, NOT_SHOWN, TOO_FEW):
            names = self.offers["offer"][self.offers["verdict"] == verdict]
            if len(names):
                said.append(f"{verdict} for those sent {join_words(names)}")
        return f"{'; '.join(said)}."

    def _how_sure(self) -> Iterator[str]:
        told = self.offers[~self.offers["verdict"].isin([NOT_SHOWN, TOO_FEW])]
        if told.empty:
            fitted = self.offers["p_value"].dropna()
            if len(fitted):
                n_offers = f", the smallest of {len(fitted)} offers" if len(fitted) > 1 else ""
                yield f"Chance alone makes such a difference, too ({state_p_value(fitted.min())}{n_offers})."
            return
        row = told.loc[(told["first"] - told["last"]).abs().idxmax()]
        ends = self.curve[self.curve["offer"] == row["offer"]].iloc[[0, -1]]
        shares = [self.interval(end, "chance", "percent") for _, end in ends.iterrows()]
        most = ", the largest difference of these offers" if len(told) > 1 else ""
        months = ends["months_away"]
        said = f"{came_back(row['offer'], months, shares)}{self._each_month(row, months)}{most}"
        yield f"{said}; chance alone makes no such difference."

    def _each_month(self, row: pd.Series, months: pd.Series) -> str:
        """Say what a month costs on average, where the sooner or the later is better."""
        lost = 100 * float(row["first"] - row["last"]) / float(months.iloc[1] - months.iloc[0])
        if row["verdict"] not in (EARLIER, LATER) or abs(lost) < LEAST:
            return ""
        size, fewer = f"{abs(lost):.0f}" if abs(lost) >= 1.5 else f"{abs(lost):.1f}", "fewer" if lost > 0 else "more"
        return (
            f", about {size} of 100 {fewer} {'with each month of waiting' if self.causal else 'for each month later'}"
        )

    def _why(self) -> str:
        if self.causal:
            return "Chance decided who was reached when, so waiting itself is the cause."
        if self.random_delays:
            found = self._differing(NOT_RANDOM)
            return f"Delays cannot have been drawn at random: those reached later differ ({found}); it is no proof."
        if self.balance.empty:
            known = "and nothing is known of them that could tell"
        elif found := self._differing(BY_CHANCE):
            known = f"and they do ({found})"
        else:
            known = "though what is known of them does not show it"
        return (
            f"Delays were not drawn at random: those reached later may differ from the others, {known}; it is no proof."
        )

    def _differing(self, below: float) -> str:
        rows = self.balance[self.balance["p_value"] < below]
        rows = rows.reindex(rows["correlation"].abs().sort_values(ascending=False).index)
        each = [f"{row.most}: {_how(row.most == row.covariate, row.correlation)}" for row in rows.itertuples()]
        more = [f"{len(each) - MOST_NAMED} others"] if len(each) > MOST_NAMED else []
        return join_words([*each[:MOST_NAMED], *more]) if each else ""

    def _beside_nothing(self) -> Iterator[str]:
        if "added" not in self.curve or self.curve["added"].isna().all():
            yield "What would have come back anyway after so many months is not known: nobody was sent nothing."
            return
        ends = self.curve[self.curve["offer"] == NO_OFFER].iloc[[0, -1]]
        first, last = (self.interval(end, "chance", "percent") for _, end in ends.iterrows())
        months = [_months(end) for end in ends["months_away"]]
        yield f"Of those sent nothing {first} came back after {months[0]} away, and {last} after {months[1]}."
        for row in self.offers.itertuples():
            own = self.curve[(self.curve["offer"] == row.offer) & self.curve["added"].notna()].iloc[[0, -1]]
            if len(own):
                points = [self.interval(end, "added", "points") for _, end in own.iterrows()]
                away = [_months(end) for end in own["months_away"]]
                yield (
                    f"Above that {row.offer} brought back {points[0]} more of 100 after {away[0]}, {points[1]} after "
                    f"{away[1]}."
                )

    def _tests(self) -> Iterator[str]:
        told = self.offers[~self.offers["verdict"].isin([NOT_SHOWN, TOO_FEW])]
        if len(told):
            most = told["p_value"].max()
            each = " or less for each" if len(told) > 1 and most >= TINY else ""
            yield f"That the time makes no difference is refuted ({state_p_value(most)}{each})."

    def _times(self) -> Iterator[str]:
        for row in self.offers[self.offers["verdict"].isin([EARLIER, LATER, BETWEEN])].itertuples():
            yield (
                f"For {row.offer} the curve is highest at about {_months(row.best)}; not told apart from that are "
                f"{row.best_from:.1f} to {row.best_to:.1f} months."
            )

    def _limits(self) -> Iterator[str]:
        low, high = self.frame["months_from"].min(), self.frame["months_to"].max()
        yield (
            f"Counted are whole parts of the time away; of less than {low:g} or more than {high:g} months nothing is "
            f"said, and each interval ({format_percent(self.level, 0)}) is for its own months."
        )
        yield ("Who came back before their turn is not counted: those who are reached late had not come back by then.")
        if self.n_unknown:
            yield f"{counted(self.n_unknown, 'customers')} left out: months away not known."
        shorter = self.followed[(self.followed["p_value"] < BY_CHANCE) & (self.followed["correlation"] < 0)]
        if len(shorter):
            yield (
                f"Those reached later were followed for less time, the least {_months(self.least_followed)}: returns "
                "that come later than that are seen of the others only."
            )
        if AWAY in self.trial.built_in:
            yield f"That is no finding: {self.trial.built_in[AWAY]}."


def came_back(offer: str, months: Iterable[float], shares: Iterable[str]) -> str:
    """Say which share came back of those who were sent an offer early, and late.

    Examples
    --------
    >>> came_back("discount", [1.0, 12.0], ["57%", "35%"])
    'Sent the discount 1 month after leaving, 57% came back; after 12 months, 35%'
    """
    (early, late), (first, last) = map(_months, months), shares
    return f"Sent the {offer} {early} after leaving, {first} came back; after {late}, {last}"


def _how(is_number: bool, correlation: float) -> str:
    more = "higher" if is_number else "more often"
    return more if correlation > 0 else "lower" if is_number else "less often"


def _months(months: float) -> str:
    text = f"{months:.1f}".removesuffix(".0")
    return f"{text} {'month' if text == '1' else 'months'}"
