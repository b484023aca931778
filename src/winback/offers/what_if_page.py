"""How does *what if* stand on a page? Sliders, a sentence and bars, worked out by a short script; without it, a table.

Into the page goes what an interval needs at each horizon and discount rate (`winback.trial.moments`): each offer's mean
value and cost, and the forms whose values at weights w of (value, cost, returned) are the variance of w'(value, cost,
returned) of its mean and, pooled over groups, the second and third moments of one customer. Costs and organic return
are in the weights, so that every figure of the script is exactly that of the library; who is told apart from the first
offer rests on intervals that hold together, which are found here, step by step.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from importlib.resources import files
from itertools import combinations_with_replacement, permutations

import numpy as np

from winback.colours import offer_colours
from winback.in_html import NO_TEX
from winback.money import format_alike
from winback.offers.what_if_steps import Known, Slider, Steps
from winback.trial import moments as m
from winback.uncertainty import normal_quantile

MOVE = "Move what you believe to be different in your company. Everything is worked out on this page."
DIGITS = 11  # of figures in the page: a cent of a hundred million
RETURNED, VALUE, COST = range(3)  # places of the three among an arm's moments
KEYS_ARE_OURS = 'data-lm-suppress-shortcuts="true"'  # else JupyterLab takes the arrows that move a slider
BASE = 36  # of the places of sets, written as text


def section(steps: Steps, sentences: str, table: str) -> str:
    """Return the section of a page: sentences, sliders for the script, and the table that it takes the place of."""
    own = files("winback.offers")
    style, script = ((own / f"what_if.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    data = json.dumps(page_data(steps), separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    knobs = "".join(_knob(slider) for slider in steps.sliders)
    return (
        f'<section class="whatif {NO_TEX}" aria-label="What if?"><style>{style}</style><h2>What if?</h2>'
        f"<p class=move hidden>{MOVE}</p>{sentences}"
        f"<div class=knobs hidden>{knobs}<button type=button>Back to the trial</button></div>"
        f"<div class=verdict aria-live=polite hidden></div><ul class=bars hidden></ul>"
        f"<div class=without-script>{table}</div>"
        f'<script type="application/json">{data}</script><script>{script}</script></section>'
    )


def _knob(slider: Slider) -> str:
    label, text = html.escape(slider.label), html.escape(slider.texts[slider.start])
    return (
        f"<label><span>{label}</span> <output>{text}</output>"
        f'<input type=range name={slider.name} {KEYS_ARE_OURS} aria-label="{label}" aria-valuetext="{text}" min=0 '
        f"max={len(slider.values) - 1} step=1 value={slider.start}></label>"
    )


def page_data(steps: Steps) -> dict:
    """Return what the script reads."""
    comparison, trial = steps.comparison, steps.trial
    first = next(iter(steps.known.values()))
    arms, control, colours = first.arms, first.control, offer_colours(trial.sent, trial.offers.names)
    names = ("organic", "cost", "contact_cost", "horizon_months", "annual_discount")
    return {
        "reach": normal_quantile(comparison.settings.level),
        "currency": _currency(comparison.currency),
        "tiny": [format_alike([0.5, 1000], comparison.currency)[0], format_alike([0.005], comparison.currency)[0]],
        "kind": comparison.kind,
        "offers": [
            {"name": name, "colour": colours[name], "n": int(arms.n[k]), "back": int(arms.n_returned[k])}
            for k, name in enumerate(trial.sent)
        ],
        "axes": 3 if steps.own_worth else 2,
        "share": _short(arms.mean[:, RETURNED]),
        "control": None if control is None else {"n": int(control.n[0]), "back": int(control.n_returned[0])},
        "texts": {name: [] if (found := steps.slider(name)) is None else found.texts for name in names},
        "start": {name: 0 if (found := steps.slider(name)) is None else found.start for name in names},
        "cost": [1 if value is None else value for value in steps.values("cost")],
        "contact_cost": steps.values("contact_cost"),
        "organic": [_ends(steps, value) for value in steps.values("organic")],
        "known": [
            [_step(steps.known[months, rate], steps.own_worth) for rate in steps.values("annual_discount")]
            for months in steps.values("horizon_months")
        ],
        "unsure": _unsure(steps),
    }


def _currency(currency: str) -> str:
    return f"{currency} " if currency.isalpha() else currency


def _ends(steps: Steps, share: float | None) -> list[float] | None:
    """Return lowest, middle and highest share assumed; None where nothing is, or it was measured."""
    assumed = steps.comparison.settings.organic
    if share is None:
        return None if assumed is None else [assumed.low, assumed.middle, assumed.high]
    return [share] * 3


def _step(known: Known, own_worth: bool) -> dict:
    """Return what is known at one horizon and discount rate, as numbers for the script."""
    arms, control, worth = known.arms, known.control, known.settings.organic_value
    axes = (VALUE, COST, RETURNED) if own_worth else (VALUE, COST)
    found = {
        "mean": _short(arms.mean[:, [VALUE, COST]]),
        "spread": [_form(spread, axes) for spread in arms.covariance / arms.n[:, None, None]],
        "pool": _pool(m.pooled(arms), axes),
        "worth": None if worth is None else _short([worth, known.settings.organic_value_error]),
    }
    if control is not None:
        value, variance = control.combine(m.VALUE)
        together = [arms.joint(np.eye(3)[axis], control, m.VALUE)[:, 0] for axis in axes]
        found["none"] = {
            "value": _short(value)[0],
            "variance": _short(variance)[0],
            "together": _short(np.transpose(together)),
            "pool": _pool(m.pooled(arms, control).apart, axes),
        }
    return found


def _pool(pool: m.ArmMoments, axes: tuple[int, ...]) -> list:
    third = np.zeros((3, 3, 3)) if pool.third is None else pool.third[0]
    return [_form(pool.covariance[0], axes), _form(third, axes)]


def _form(moments: np.ndarray, axes: tuple[int, ...]) -> list[float]:
    """Return the coefficients of a form in weights: of each product of weights, in the order of the axes."""
    products = combinations_with_replacement(axes, moments.ndim)
    return _short([len(set(permutations(each))) * moments[each] for each in products])


def _short(numbers) -> list:
    if np.ndim(numbers) > 1:
        return [_short(row) for row in numbers]
    return [int(each) if float(each).is_integer() else each for each in (float(f"{x:.{DIGITS}g}") for x in numbers)]


def _unsure(steps: Steps) -> dict:
    """Return by step who is not told apart from the first offer: sets of offers, and the place of each step's set."""
    shares = steps.values("organic") if steps.own_worth else (None,)
    each = [
        known.under(cost, None, share).not_told_from_the_first()
        for known in steps.known.values()
        for cost in steps.values("cost")
        for share in shares
    ]
    sets = sorted(set(each))
    width = 1 if len(sets) <= BASE else 2
    return {"sets": sets, "width": width, "shares": len(shares), "at": "".join(_written(map(sets.index, each), width))}


def _written(places: Iterable[int], width: int) -> Iterable[str]:
    return (np.base_repr(place, BASE).lower().rjust(width, "0") for place in places)
