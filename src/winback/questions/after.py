"""What comes below the cards? Chance against worth, the month of payback, and where two offers change places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from winback.asked import ask
from winback.datasets.telecom.published import JUDGED
from winback.held_out import hold_out
from winback.money import format_alike
from winback.offers.compared import OfferComparison
from winback.offers.payback import payback
from winback.offers.sensitivity import break_even_lines
from winback.plots.offers import plot_ranking_against_organic
from winback.plots.payback import plot_payback
from winback.plots.small import message_of, untitled
from winback.plots.style import capitalised
from winback.plots.worth_map import plot_worth_map
from winback.questions.card import Picture
from winback.questions.page import Section
from winback.results import format_percent
from winback.second_lifetime.joint import fit_joint
from winback.second_lifetime.second_lifetime_value import second_lifetime_value
from winback.second_lifetime.usual import usual_formulas
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import SECOND_LIFETIME
from winback.trial.trial import Trial


def further(trial: Trial, comparison: OfferComparison) -> tuple[dict[str, Any], tuple[Section, ...]]:
    """Return what else can be asked of a trial, and the sections that show it; what cannot is left out."""
    found: dict[str, Any] = {"payback": ask(payback, comparison)}
    if set(SECOND_LIFETIME) <= set(trial.lapsed):
        found["values"] = ask(_values, trial)
    parts: Mapping[str, Callable[[Any], Section]] = {"values": _chance_and_worth, "payback": _payback}
    sections = [ask(make, found[name]) for name, make in parts.items() if found.get(name)]
    return found, tuple(part for part in (*sections, ask(change_places, comparison)) if part)


def _values(trial: Trial) -> SecondLifetimeValues:
    """Value customers by a model that has not seen them, so that its order may be judged by what they did."""
    learned_from, judged = hold_out(trial)
    return second_lifetime_value(fit_joint(learned_from, **usual_formulas(trial)), judged)


def _chance_and_worth(values: SecondLifetimeValues) -> Section:
    ranked = ask(values.rankings)
    lines = [str(ranked.describe()).splitlines()[0]] if ranked else []
    why = f"{JUDGED}. Who is to be called first lies far to the right and high up."
    message, picture = _picture(plot_worth_map, values, 4.6)
    return Section(message, why, picture, lines=lines, behind=4)


def _payback(found: Any) -> Section:
    lines = [*str(found.describe()).splitlines()[1:], *str(found.details()).splitlines()]
    _, picture = _picture(plot_payback, found, 4.2)
    return Section(found.headline, "Until then an offer is money lent.", picture, lines=lines, behind=6)


def change_places(comparison: OfferComparison) -> Section:
    """Return at which cost and at which organic return two offers change places, and where each stops paying."""
    lines = [*_by_cost(comparison), *_by_organic(comparison), *break_even_lines(comparison.frame)]
    _, picture = _picture(plot_ranking_against_organic, comparison, 4.0)
    why = "What is not known yet may turn the order."
    return Section("Where offers change places", why, picture, lines=lines, behind=9)


def _by_cost(comparison: OfferComparison) -> Iterator[str]:
    """Say by how much the first offer's cost may rise before the second one earns as much."""
    if len(comparison.frame) > 1:
        first, second = (comparison.frame.iloc[place] for place in (0, 1))
        kind = f"{comparison.kind}_profit"
        now, then = first["cost_per_customer"], first["cost_per_customer"] + first[kind] - second[kind]
        now, then = format_alike([now, then], comparison.currency)
        alike = f"{capitalised(first['offer'])} and {second['offer']} earn alike"
        yield f"{alike} where {first['offer']} costs {then} per customer sent it in place of {now}."


def _by_organic(comparison: OfferComparison) -> Iterator[str]:
    """Say at which organic return two offers change places."""
    for flip in comparison.flips.itertuples():
        yield (
            f"On incremental {flip.measure} {flip.second} overtakes {flip.first} if more than "
            f"{format_percent(flip.organic)} would have come back without an offer."
        )


def _picture(plot: Callable, found: Any, height: float) -> tuple[str, Picture]:
    """Return a figure's message, which is said above it, and the figure for a page and for a phone."""
    wide, narrow = partial(untitled, plot, found, height), partial(untitled, plot, found, height, narrow=True)
    message, words = message_of(plot, found)
    return message, Picture(wide, words, narrow=narrow)
