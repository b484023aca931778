"""Nothing was offered yet: what may be hoped for? The study's answers as a scenario on one's own leavers.

Money is scaled to one's own customers: an offer costs, and one who comes back brings, as large a part of what a first
life brought as in the study, so that its ROI stays what was published. What is missing is a trial, which is planned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd

from winback.asked import Unanswered, ask
from winback.colours import offer_colours
from winback.datasets.telecom import assumptions as known
from winback.datasets.telecom.published import published_offers
from winback.money import format_alike, format_money
from winback.offers.economics import OfferEconomics, offer_economics
from winback.planning.plan import plan_trial
from winback.plots.small import Row, small_bars
from winback.plots.style import capitalised
from winback.questions import who
from winback.questions.card import Card, Picture, cannot, lacking
from winback.questions.headline import Headline
from winback.questions.how_long import lives_card
from winback.questions.page import SCENARIO, Section
from winback.results import counted, format_count, format_percent
from winback.tables import LAPSED_TABLE, NO_OFFER, HasTables, check_lapsed, label_codes

IF = "if your customers answered as those of the study did"
HELD_OUT = 0.10  # of a pilot, left without an offer
VARIATION = 1.0  # of the worth of one who returns, where one's own leavers do not show it
TRIAL = {
    "offer": f"what each was sent, {NO_OFFER} for those left without",
    "returned": "whether they came back",
    "value": "what they then brought; or second_tenure, second_ended and second_margin",
}


@dataclass(frozen=True)
class Scenario:
    """What the study's offers would do to one's own leavers, if they answered alike.

    Attributes
    ----------
    leavers : pandas.DataFrame
        Everybody who was lost, as a checked table of lapsed customers.
    n : int
        Of them, who have not come back.
    scale : float or None
        What a first life brought here, over what it brought in the study; None where the table has no money.
    economics : OfferEconomics
        The published offers, in one's own money where that is known.
    alone : float or None
        Share who came back by themselves so far.
    """

    leavers: pd.DataFrame = field(repr=False)
    n: int
    scale: float | None
    economics: OfferEconomics = field(repr=False)
    alone: float | None
    variation: float = VARIATION
    currency: str = "$"


def scenario_of(base: Any) -> Scenario:
    """Return the scenario for the leavers of a base, or of a table of lapsed customers."""
    if isinstance(base, HasTables) and base.table_of(LAPSED_TABLE).empty:
        raise ValueError("Nobody was lost, so there is nobody to win back.")
    leavers = check_lapsed(base)
    if "offer" in leavers and (leavers["offer"].astype(object).fillna(NO_OFFER) != NO_OFFER).any():
        raise ValueError("The table says who was offered what: read it as a trial, with what each offer costs.")
    if "returned" in leavers:
        leavers = leavers.assign(returned=leavers["returned"].fillna(False).astype(bool))
    alone = float(leavers["returned"].mean()) if "returned" in leavers else None
    still = leavers if alone is None else leavers[~leavers["returned"].to_numpy(dtype=bool)]
    worth, variation = _first_life(leavers)
    scale = None if worth is None else worth / known.FIRST_VALUE
    table = published_offers()
    currency = str(getattr(base, "currency", "$"))
    found = offer_economics(table.assign(cost=table["cost"] * (scale or 1.0)), currency=currency if scale else "$")
    settings = {"variation": variation, "currency": currency if scale else "$"}
    return Scenario(leavers, len(still), scale, found, alone, **settings)


def _first_life(leavers: pd.DataFrame) -> tuple[float | None, float]:
    """Return what a first life brought on average, and its coefficient of variation; none where money is not known."""
    if not {"first_margin", "first_tenure"} <= set(leavers):
        return None, VARIATION
    brought = (leavers["first_margin"] * leavers["first_tenure"]).dropna()
    mean = float(brought.mean()) if len(brought) else 0.0
    if not mean > 0:
        return None, VARIATION
    spread = float(brought.std()) if len(brought) > 1 else 0.0
    return mean, spread / mean or VARIATION


def scenario_cards(found: Scenario, by: str, life_months: float | None) -> tuple[Card, ...]:
    """Return the four cards of a table without offers: what it tells of those who came back by themselves."""
    remedy = "Send the offers to a random part of those who were lost, hold some out, and read what came of it."
    missing = lacking({name: words for name, words in TRIAL.items() if name != "returned"}, remedy)
    return (_alone(found, by), _lives(found, life_months), cannot(3, missing), cannot(4, missing))


def _alone(found: Scenario, by: str) -> Card:
    if found.alone is None:
        return cannot(1, lacking({"returned": TRIAL["returned"]}, "Add it, or give contracts or purchases."))
    there = by in found.leavers and found.leavers[by].notna().any()
    back = who.returns_of_leavers(found.leavers, by if there and len(label_codes(found.leavers[by])[1]) > 1 else None)
    words = "so far"
    answer = who.said(back, words)
    if back.by is None:
        answer = f"{format_percent(found.alone, 0)} came back {words}; who answers which offer only a trial shows."
    here = f"of {counted(len(found.leavers), 'customers')} lost, each watched for another time, whatever they were sent"
    missing = "" if there else who.without(by)
    return Card(1, answer, here=here, picture=who.picture(back, words), missing=missing, found=back)


def _lives(found: Scenario, life_months: float | None) -> Card:
    back = found.leavers[found.leavers["returned"].to_numpy(dtype=bool)] if found.alone else found.leavers.head(0)
    if len(back) < 2:
        return cannot(2, "Nobody is known to have come back, so there are no second lives to measure.")
    return lives_card(found.leavers, life_months, found.currency)


def scenario_headline(found: Scenario) -> Headline:
    """Say what to do where nothing was offered yet: a trial, and what it may be hoped to bring."""
    best = found.economics.frame.iloc[0]
    n_back = format_count(best["acceptance"] * found.n)
    share = format_percent(best["acceptance"], 0)
    amount = f"{n_back} of your {format_count(found.n)} leavers"
    said = {
        "do": "Try an offer on a random part of your leavers first.",
        "amount": amount,
        "gain": f"{capitalised(IF)}, {amount} would come back with the {best['offer']} ({share}).",
        "on_top": f"{_earned(found, best)}",
        "lead": _limit(found, best),
        "limit": "",
        "doubt": "Of your own customers only this is known: who was lost, and who came back.",
    }
    return Headline(**said, label=SCENARIO, picture=_picture(found))


def _earned(found: Scenario, best) -> str:
    each = format_money(best["gross_profit"], found.currency)
    if found.scale is None:
        return f"In the study that was {each} per customer sent it, before what would have come anyway."
    total = format_money(_about(best["gross_profit"] * found.n), found.currency)
    return f"That would leave about {total}, {each} per customer sent it, before what would have come anyway."


def _about(amount: float) -> float:
    """Round to three digits: a scenario is no more exact."""
    return float(f"{amount:.2e}")


def _limit(found: Scenario, best) -> str:
    """Say up to which organic return the offer would pay, beside how many came back by themselves."""
    own = "" if found.alone is None else f"; {format_percent(found.alone)} of all who were lost have come back so far"
    return f"It would stop paying where {format_percent(best['break_even_organic'])} come back anyway{own}."


def _picture(found: Scenario) -> Picture:
    frame = found.economics.frame
    colours = offer_colours(frame["offer"], [offer.name for offer in known.OFFERS])
    back = frame["acceptance"] * found.n
    rows = [
        Row(name, count, f"{format_count(count)} ({format_percent(share, 0)})", colour=colours[name])
        for name, count, share in zip(frame["offer"], back, frame["acceptance"], strict=True)
    ]
    label = f"Scenario, {IF}: {'; '.join(f'{row.name} {row.text}' for row in rows)} would come back."
    draw, narrow = partial(small_bars, rows, across=True), partial(small_bars, rows)
    return Picture(draw, label, f"Who would come back of {format_count(found.n)}, {IF}. Not measured.", narrow)


def scenario_sections(found: Scenario) -> tuple[Section, ...]:
    """Return the study's table on one's own leavers, and the pilot that it asks for."""
    why = f"{capitalised(IF)}, and offers cost as large a part of what a first life brought."
    if found.scale is None:
        why = f"{capitalised(IF)}; money is the study's own, as the table tells nothing of what a first life brought."
    table = Section("The study's offers on your leavers", why, table=_table(found), lines=_lines(found), label=SCENARIO)
    pilot = _pilot(found)
    return (table, pilot) if pilot else (table,)


def _table(found: Scenario) -> pd.DataFrame:
    frame, n = found.economics.frame, found.n
    money = {"Cost": "cost_per_customer", "Left, gross": "gross_profit"}
    columns = {
        "Offer": frame["offer"],
        "Would come back": [format_count(share * n) for share in frame["acceptance"]],
        **{heading: format_alike(frame[name] * n, found.currency) for heading, name in money.items()},
        "Per customer sent it": format_alike(frame["gross_profit"], found.currency),
        "Gross ROI": [format_percent(roi, 0) for roi in frame["gross_roi"]],
    }
    return pd.DataFrame(columns)


def _lines(found: Scenario) -> Iterator[str]:
    if found.scale is not None:
        own, study = format_alike((found.scale * known.FIRST_VALUE, known.FIRST_VALUE))
        own = format_money(found.scale * known.FIRST_VALUE, found.currency)
        yield f"A first life brought {own} here and {study} in the study; all money is scaled by that."
    yield from str(found.economics.details()).splitlines()[:1]


def assumed_of(found: Scenario) -> Iterator[str]:
    """Yield what the scenario assumes."""
    yield f"The scenario takes shares, costs and ROI from the study; {IF}."
    if found.scale is not None:
        yield "An offer costs, and one who comes back brings, as large a part of what a first life brought as there."
    yield "Costs fall due when a customer accepts, as the study's table is read; it had no group without an offer."
    share = figures_of(found)["acceptance"].iloc[-1]
    whose = "come back so far of those lost here" if found.alone == share else "assumed in the simulation of the study"
    yield f"The pilot is planned for {format_percent(share)} who come back without an offer, {whose}."


def figures_of(found: Scenario) -> pd.DataFrame:
    """Return what a pilot is planned from: the study's answers, and how many come back by themselves.

    That is one's own share where it is known; otherwise what the simulation of the study assumes.
    """
    scale = found.scale or 1.0
    offers = published_offers()
    offers["cost"] *= scale
    offers["value"] = offers["cost"] * (1 + offers["roi"])
    share = found.alone if found.alone and 0 < found.alone < 1 else known.ORGANIC_RETURN
    nothing = {"offer": NO_OFFER, "acceptance": share, "value": offers["value"].mean(), "cost": 0.0}
    table = pd.concat([offers.drop(columns="roi"), pd.DataFrame([nothing | {"paid": "on_acceptance"}])])
    return table.assign(value_variation=found.variation, currency=found.currency).reset_index(drop=True)


def _pilot(found: Scenario) -> Section | None:
    """Return the trial to be made with the leavers there are, by the figures of the study."""
    best = found.economics.frame["offer"].iloc[0]
    asked = {"compare": [(best, NO_OFFER)], "n_available": found.n, "holdout": HELD_OUT}
    plan = ask(plan_trial, figures_of(found), **asked)
    if isinstance(plan, Unanswered):
        return Section("The pilot this asks for", lines=[plan.why], label=SCENARIO, behind=9)
    why = f"Leave a random {HELD_OUT:.0%} without an offer, and draw at random who is sent which."
    lines = str(plan.describe()).splitlines()
    return Section("The pilot this asks for", why, table=plan.table(), lines=lines, label=SCENARIO, behind=9)
