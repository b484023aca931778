"""Which trials are asked what if? One of every kind whose figures are worked out otherwise."""

from __future__ import annotations

from functools import cache

import households
import numpy as np
import pytest
from laws_of_offers import a_measured_trial, a_trial, offers, without_control

import winback as wb
from winback.offers.what_if import WhatIf

TERMS = {"horizon_months": 12.0, "annual_discount": 0.1}
KEEP_SOME = {"discount": 0.8, "upgrade": 0.8, "bundle": 0.8, "none": 0.3}  # of whom returned


@cache
def asked(kind: str) -> WhatIf:
    """Return what is asked of one kind of trial."""
    return wb.compare_offers(MADE[kind](np.random.default_rng(7))).what_if()


def with_control(rng, **more):
    return wb.read_trial(fewer_return(rng, a_trial(rng, n=240)), offers(1), **TERMS, **more)


def fewer_return(rng, table):
    """Let some of those who returned stay away, of the untreated most, so that an offer adds something."""
    stay = rng.random(len(table)) < table["offer"].map(KEEP_SOME).to_numpy()
    table = table.assign(returned=table["returned"] & stay)
    second = [name for name in ("second_tenure", "second_ended", "second_margin", "value") if name in table]
    return table.assign(**{name: table[name].where(table["returned"]) for name in second})


def by_percent(rng):
    cheap = wb.Offer(name="discount", percent_of_value=0.4, paid="on_acceptance")
    return wb.read_trial(fewer_return(rng, a_trial(rng, n=200)), [cheap, *offers(1)[1:]], **TERMS)


def tailored(rng):
    table = fewer_return(rng, a_trial(rng, n=200))
    table["reason"] = rng.choice(["price", "service"], len(table))
    rule = {"price": "discount", "service": "upgrade"}
    made = wb.Offer(name="bundle", tailored_by="reason", tailored=rule, contact_cost=1.5)
    return wb.read_trial(table, [*offers(1)[:2], made], **TERMS)


def adjusted(rng):
    table = fewer_return(rng, a_trial(rng, n=200))
    table["age"] = table["second_margin"].fillna(30) + rng.normal(0, 10, len(table))
    return wb.read_trial(table, offers(1), **TERMS, adjust=["age"])


MADE = {
    "control": with_control,
    "control, value of an organic returner given": lambda rng: with_control(rng, organic_value=250.0),
    "gross": lambda rng: wb.read_trial(without_control(rng), offers(1), **TERMS),
    "assumed": lambda rng: wb.read_trial(without_control(rng), offers(1), **TERMS, organic=(0.05, 0.15)),
    "assumed, value given": lambda rng: wb.read_trial(
        without_control(rng), offers(1), **TERMS, organic=0.1, organic_value=250.0
    ),
    "measured": lambda rng: wb.read_trial(
        fewer_return(rng, a_measured_trial(rng)), offers(1, monthly="on_acceptance"), currency="EUR"
    ),
    "households": lambda rng: households.trial(rng, 150, 3, names=("letter", "call", "none"), shares=(0.4, 0.3, 0.3)),
    "percent": by_percent,
    "tailored": tailored,
    "adjusted": adjusted,
}

OFTEN = ("control", "measured", "assumed", "households")
EVERYDAY_AND_SLOW = [pytest.param(kind, marks=() if kind in OFTEN else pytest.mark.slow) for kind in MADE]


def states(what_if: WhatIf, n: int, rng: np.random.Generator) -> list[dict[str, int]]:
    """Return where its sliders stand at random, the first time as in the trial; some of them often stay there."""
    drawn = [{slider.name: slider.start for slider in what_if.steps.sliders}]
    for _ in range(n - 1):
        moves = {slider.name: rng.integers(len(slider.values)) for slider in what_if.steps.sliders}
        drawn.append({name: int(place) if rng.random() < 0.6 else drawn[0][name] for name, place in moves.items()})
    return drawn


def arguments(what_if: WhatIf, state: dict[str, int]) -> dict[str, float]:
    """Return what `WhatIf.at` is asked where the sliders stand so."""
    values = {slider.name: slider.values[state[slider.name]] for slider in what_if.steps.sliders}
    return {name: value for name, value in values.items() if value is not None}


def as_found(comparison) -> tuple[dict[str, list[float]], list[str]]:
    """Return each offer's profit with its ends, and the offers that are not clearly different from the first."""
    name = f"{comparison.kind}_profit"
    figures = comparison.frame.set_index("offer")[[name, f"{name}_low", f"{name}_high"]]
    each = {offer: list(row) for offer, row in zip(figures.index, figures.to_numpy(), strict=True)}
    return each, comparison.winners[1:]
