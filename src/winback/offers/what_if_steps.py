"""At which steps is *what if* asked, and what is known of the offers at each? Sliders, moments, and who is told apart.

Horizon and discount rate change what each customer brought, so an offer's moments are those of its curve of margin by
month up to the horizon, anew at each of their steps. Cost and organic return weigh the same moments otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np

from winback import uncertainty
from winback.money import format_money
from winback.offers import comparison_figures as figures
from winback.offers.organic_range import steps_to
from winback.results import Result, format_percent
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER
from winback.terms.organic import AssumedOrganic
from winback.terms.other_costs import dearest
from winback.trial import moments as m
from winback.trial.compared import compared_moments

COSTS = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2.0, 2.5, 3.0)
DISCOUNTS = np.array([0.0, 0.05, 0.10, 0.15, 0.20])
MONTHS = (1, 2, 3, 6, 12, 24)  # between steps of the horizon
MOST_HORIZONS, MOST_CONTACTS = 10, 40
ROUND = (1, 2, 2.5, 5, 10)  # steps that people count in
ROOM = 1.02  # the quantile of draws may lie a little above what Sidak's inequality allows at most


@dataclass(frozen=True)
class Slider:
    """One assumption that can be moved, in steps; at ``start`` it is as in the trial."""

    name: str  # of the argument
    label: str
    values: tuple  # of the argument; None: as in the trial
    texts: tuple[str, ...]
    start: int


@dataclass(frozen=True)
class Known:
    """What a comparison at one horizon and discount rate is made of."""

    arms: m.ArmMoments  # of the offers, in the trial's order
    control: m.ArmMoments | None
    settings: figures.ComparisonSettings

    def under(self, cost: float | None, contact_cost: float | None, organic: float | None) -> Known:
        """Return the same at other costs and another organic return; None: as in the trial."""
        arms = self.arms.at_costs(1.0 if cost is None else cost, contact_cost or 0.0)
        if organic is None:
            return replace(self, arms=arms)
        settings = replace(self.settings, organic=AssumedOrganic(organic, organic, ""))
        return Known(arms, None, settings)

    def profit(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each offer's profit, low and high: incremental where that is known or assumed, else gross."""
        if self.settings.organic is not None:
            found = figures.assumed_incremental(self.arms, self.settings)
            return tuple(found[f"incremental_profit{end}"].to_numpy() for end in ("", "_low", "_high"))
        estimate, variance = m.profit(self.arms, self.control)
        length = m.skew_length(m.pooled(self.arms, self.control), m.PROFIT, self.arms, self.control)
        reach = uncertainty.normal_quantile(self.settings.level)
        return estimate, *skewed_interval(estimate, np.sqrt(variance), length, reach)

    def not_told_from_the_first(self) -> tuple[int, ...]:
        """Return the places of the offers that are not clearly different from the one that earns most."""
        profit, weights = figures.decision_profit(self.arms, self.settings)
        order = np.argsort(-profit, kind="stable")
        if len(order) < 2:
            return ()
        ranked = m.stack_arms([self.arms.arm(place) for place in order])
        others, level = np.arange(1, len(order)), self.settings.level
        lead = figures.lead_of(np.zeros_like(others), others, ranked, self.settings)
        n_pairs = len(order) * len(others) / 2
        most = ROOM * uncertainty.normal_quantile(level ** (1 / n_pairs))
        least = uncertainty.normal_quantile(level)
        told = [skewed_interval(*lead, reach)[0] > 0 for reach in (least, most)]
        if (told[0] != told[1]).any():  # only there it matters how far exactly intervals reach that hold together
            told[1] = skewed_interval(*lead, self._reach(ranked, weights[order]))[0] > 0
        return tuple(sorted(int(place) for place in order[1:][~told[1]]))

    def lead(self, place: int) -> tuple[int, float, float, float]:
        """Return the best other offer's place and how far the one at ``place`` leads it, below zero where it does not.

        With the interval that allows for every pair compared.
        """
        profit, weights = figures.decision_profit(self.arms, self.settings)
        others = np.delete(np.arange(len(profit)), place)
        rival = int(others[profit[others].argmax()])
        found = figures.lead_of(np.array([place]), np.array([rival]), self.arms, self.settings)
        low, high = skewed_interval(*found, self._reach(self.arms, weights))
        return rival, float(found[0][0]), float(low[0]), float(high[0])

    def _reach(self, ranked: m.ArmMoments, weights: np.ndarray) -> float:
        control = self.control if self.settings.organic is None else None
        errors = figures.joint_errors(ranked, m.PROFIT if self.settings.organic is None else weights, control)
        one, other = np.triu_indices(len(ranked.n), 1)
        return uncertainty.max_t_quantile((errors.T[one] - errors.T[other]).T, self.settings.level)


@dataclass(frozen=True)
class Steps:
    """The sliders of a comparison, and what is known at each step of its horizon and discount rate."""

    comparison: Result

    @property
    def trial(self):
        """What was compared."""
        return self.comparison.trial

    @cached_property
    def sliders(self) -> tuple[Slider, ...]:
        """What can be moved: no horizon and discount rate where value was measured directly, no cost of free offers."""
        found = [self._organic()]
        if (self.comparison.arms.mean[:, 2] > 0).any():
            most = dearest(self.trial.offers)
            costs = tuple(cost for cost in COSTS if cost == 1 or cost <= most)
            found.append(_slider("cost", "Cost of the offers, against the trial's", costs, 1.0, _percent))
        found.append(self._contacts())
        if self.trial.horizon_months is not None:
            found += [self._horizons(), self._discounts()]
        return tuple(slider for slider in found if len(slider.values) > 1)  # no part of a horizon of a month

    def _organic(self) -> Slider:
        label, assumed = "Would have come back anyway", self.comparison.settings.organic
        # where each offer's own value weighs, who is told apart differs at every step
        shares = steps_to(self.comparison.highest_organic, few=self.own_worth)
        if self.comparison.control is not None:
            back = float(self.comparison.control.mean[0, 0])
            own, said = back, f"{format_percent(back)}, as measured"
        elif assumed is None:
            own, said = 0.0, "not known: figures are gross"
        else:
            ends = dict.fromkeys((assumed.low, assumed.high))
            own, said = assumed.middle, f"{' to '.join(map(format_percent, ends))}, as assumed"
        values = _with_own(shares, own)
        texts = tuple(said if share == own else _percent(share) for share in values)
        start = values.index(own)
        return Slider("organic", label, (*values[:start], None, *values[start + 1 :]), texts, start)

    def _contacts(self) -> Slider:
        first = self.comparison.frame.iloc[0]
        most = 1.2 * max(abs(first[f"{self.comparison.kind}_profit"]), first["cost_per_customer"], 0.1)
        scale = 10 ** np.floor(np.log10(most / MOST_CONTACTS))
        step = next(float(each * scale) for each in ROUND if each * scale * MOST_CONTACTS >= most)
        values = tuple(round(step * place, 6) for place in range(int(np.ceil(most / step)) + 1))
        currency = self.comparison.currency
        texts = tuple(format_money(value, currency, 0 if float(step).is_integer() else 2) for value in values)
        return Slider("contact_cost", "Further cost of each contact", values, texts, 0)

    def _horizons(self) -> Slider:
        own = self.trial.horizon_months
        step = next((months for months in MONTHS if own / months <= MOST_HORIZONS), own / MOST_HORIZONS)
        months = [step * place for place in range(1, MOST_HORIZONS + 1) if step * place <= own - step / 2]
        return _slider("horizon_months", "Months that count after a return", (*months, own), own, "{:.3g}".format)

    def _discounts(self) -> Slider:
        own = self.trial.annual_discount
        return _slider(
            "annual_discount",
            "Interest rate a year (later money counts less)",
            _with_own(DISCOUNTS, own),
            own,
            _percent,
        )

    @property
    def own_worth(self) -> bool:
        """Whether one who returns anyway is taken to be worth what the offer's own returners are."""
        return self.comparison.settings.organic_value is None

    def slider(self, name: str) -> Slider | None:
        """Return the slider of an argument; None where there is none."""
        return next((each for each in self.sliders if each.name == name), None)

    def values(self, name: str) -> tuple:
        """Return the steps of an argument; as in the trial where it cannot be moved."""
        found = self.slider(name)
        return (None,) if found is None else found.values

    @cached_property
    def known(self) -> dict[tuple, Known]:
        """What is known at each step, by horizon and discount rate."""
        return {at: self._known(*at) for at in product(self.values("horizon_months"), self.values("annual_discount"))}

    def _known(self, horizon_months, annual_discount) -> Known:
        terms = {"horizon_months": horizon_months, "annual_discount": annual_discount}
        of_trial = horizon_months is None or tuple(terms.values()) == (
            self.trial.horizon_months,
            self.trial.annual_discount,
        )
        trial = self.trial if of_trial else self.trial.over(**terms)
        moments = compared_moments(trial)
        arms = m.stack_arms([moments[name] for name in self.trial.sent])
        control = None if self.comparison.control is None else moments[NO_OFFER]
        untreated = moments[NO_OFFER] if self.trial.design.control == "accepted" else None
        worth = figures.organic_value_of(trial.offers.organic_value, untreated)
        settings = replace(
            self.comparison.settings,
            horizon_months=trial.horizon_months,
            annual_discount=trial.annual_discount,
            organic_value=worth[0],
            organic_value_error=worth[1],
        )
        return Known(arms, control, settings)

    def one_at_a_time(self) -> Iterator[tuple[Slider, int, Known]]:
        """Yield each step of each slider, the others at rest, with what is known there."""
        rest = {name: self.rest(name) for name in ("horizon_months", "annual_discount")}
        for slider in self.sliders:
            for place, value in enumerate(slider.values):
                moved = rest | {slider.name: value}
                known = self.known[moved["horizon_months"], moved["annual_discount"]]
                yield slider, place, known.under(*(moved.get(name) for name in ("cost", "contact_cost", "organic")))

    def rest(self, name: str):
        """Return the argument's value as in the trial."""
        found = self.slider(name)
        return None if found is None else found.values[found.start]


def _with_own(values: np.ndarray, own: float) -> tuple[float, ...]:
    """Return steps of which the one nearest to the trial's own value is that; one more where it lies beyond them."""
    values = [float(value) for value in values]
    if own <= values[-1]:
        values.remove(min(values, key=lambda value: abs(value - own)))
    return tuple(sorted([*values, own]))


def _slider(name: str, label: str, values: tuple, own: float, write) -> Slider:
    texts = tuple(f"{write(value)}, as in the trial" if value == own else write(value) for value in values)
    return Slider(name, label, values, texts, values.index(own))


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
