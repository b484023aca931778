"""What is said of keeping, winning back and acquiring? The answer, where it turns, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.offers.strategy_inputs import unsure
from winback.offers.strategy_worth import RISKIEST
from winback.results import Result, format_percent, join_words

ALL = "all customers"
IN_WORDS = {  # inputs, as what is taken for granted
    "hazard": "how many leave",
    "margin": "margins",
    "keep_cost": "what keeping costs",
    "share_prevented": "which share of losses keeping prevents",
    "win_back_chance": "how many are won back",
    "win_back_value": "what they bring",
    "win_back_cost": "what winning back costs",
    "win_back_contact_cost": "what a contact costs",
    "organic": "how many return by themselves",
    "organic_value": "what these bring",
    "acquire_chance": "how many strangers become customers",
    "acquire_value": "what a new customer brings",
    "acquire_contact_cost": "what contacting a stranger costs",
}


def capitalised(text: str) -> str:
    """Return a text with a capital letter first."""
    return text[:1].upper() + text[1:]


def answer(found: Result) -> str:
    """Say which strategy earns most, and which are not clearly different from it."""
    rows, start = found.of(ALL), f"{found.scenario}: " if found.scenario else ""
    first, alike = rows.iloc[0], rows["strategy"][1:][~rows["told_apart"][1:]]
    name, months = found.name(first["strategy"]), found.terms.timing.horizon_months
    what = f"{found.gain(first)} more than doing nothing, per customer at risk within {months} months"
    if first["gain_low"] <= 0:
        return f"{start}None of these is shown to earn more than doing nothing; ahead: {name}, {what}."
    beside = f"; not clearly different from it: {join_words(map(found.name, alike))}" if len(alike) else ""
    return f"{start}{capitalised(name)}: that earns most, {what}{beside}."


def turn(found: Result) -> str:
    """Say where a new customer is worth more, where another strategy leads, or what earns most for its money."""
    new, back, unclear = found.new_or_back
    if new and (back or unclear):
        where = [f"more than winning back among {join_words(new)}"]
        where += [f"less among {join_words(back)}"] if back else []
        where += [f"not beyond chance among {join_words(unclear)}"] if unclear else []
        return f"Once they have left, a new customer in their place earns {join_words(where)}."
    overall, segments = found.of(ALL)["strategy"].iloc[0], found.frame["segment"] != ALL
    behind = found.frame[segments & (found.frame["strategy"] == overall) & found.frame["told_apart"]]["segment"]
    if len(behind):
        leads = (f"{found.name(found.of(each)['strategy'].iloc[0])} among {each}" for each in behind)
        return f"Not everywhere is that best: ahead is to {join_words(leads)}."
    spent = found.of(ALL).dropna(subset="per_dollar")
    if spent.empty:
        return "None of the strategies costs anything."
    best = spent.loc[spent["per_dollar"].idxmax()]
    return f"For its money {found.name(best['strategy'])} is ahead: {best['per_dollar']:.2f} for each 1 spent."


def doubt(found: Result) -> str:
    """Say on which assumption it hangs, and from where on that pays."""
    assumed, segments = found.inputs.assumed, found.inputs.segments
    if "share_prevented" in segments:
        share = float(np.average(segments["share_prevented"], weights=segments["n"]))
        how = "is assumed" if "share_prevented" in assumed else "is taken as measured"
        need = found.break_even.set_index("segment")["share_prevented"].dropna()
        ends = dict.fromkeys([need.idxmin(), need.idxmax()]) if len(need) else ()
        least = join_words(f"{format_percent(need[each])} among {each}" for each in ends)
        pays = f", and it pays for itself from {least} on" if len(need) else ", and no share would pay for its cost"
        return f"That keeping prevents {format_percent(share, 0)} of losses {how}{pays}."
    known = [IN_WORDS[name] for name in ("win_back_chance", "acquire_chance") if name in assumed]
    if not known:
        return "That customers go on leaving and returning as they did is assumed."
    return f"{capitalised(join_words(known))} {'are' if len(known) > 1 else 'is'} assumed, not measured here."


def breaks(found: Result) -> Iterator[str]:
    """Say where each strategy stops paying, by segment."""
    said = {
        "keep_cost": "keeping pays up to {} each",
        "keep_cost_beside": "where they are won back anyway up to {}",
        "stranger_cost": "acquiring pays up to {} a stranger contacted",
        "margin_turn": "winning back earns more than a new customer from a margin of {} a month on",
    }
    for row in found.break_even.to_dict("records"):
        there = {name: row[name] for name in said if not np.isnan(row.get(name, np.nan)) and row[name] > 0}
        if there:
            parts = (said[name].format(found.formats([each], "money")[0]) for name, each in there.items())
            yield f"{capitalised(row['segment'])}: {', '.join(parts)}."
    if "margin_turn" in found.break_even:
        yield "That margin takes what they bring after a return to be in proportion to it."


def riskiest(found: Result) -> Iterator[str]:
    """Say whether the riskiest are those worth keeping."""
    if found.picked is None:
        return
    pays = f"keeping pays for {format_percent(found.picked.pays_for)} of customers, at the figures as they are"
    risky = found.frame[(found.frame["segment"] == ALL) & (found.frame["strategy"] == RISKIEST)]["gain"].iloc[0]
    by_risk, by_gain = found.formats([risky, found.picked.gain], "money")
    if by_risk == by_gain:
        yield f"{capitalised(pays)}."
        return
    yield (
        f"Who is riskiest need not be worth keeping: as many, picked by what keeping them would gain, earn {by_gain} "
        f"per customer at risk and not {by_risk}; {pays}."
    )


def contacts(found: Result) -> Iterator[str]:
    """Say what one customer won takes and brings, won back and new."""
    rows = found.contacts.drop_duplicates(["way", "chance", "contact_cost", "value"])
    if len(rows) < 2 or rows["way"].nunique() < 2:
        return
    yield (
        "Chance, contact cost and value stand apart, since those who left need the service, know the brand, and left "
        "data on how they used it (three reasons that the study's author gives)."
    )
    for row in rows.to_dict("records"):
        contact, value, cost = found.formats([row["contact_cost"], row["value"], row["cost_of_one"]], "money")
        yield (
            f"To {row['way']} ({row['segment']}): {format_percent(row['chance'])} of those contacted, at {contact} "
            f"each; one won costs {cost} and brings {value}."
        )


def assumptions(found: Result) -> Iterator[str]:
    """Say what is counted, measured, assumed and taken for certain."""
    timing, segments = found.terms.timing, found.inputs.segments
    rate = timing.annual_discount
    interest = f"less interest of {format_percent(rate)} a year" if rate else "no interest taken off"
    yield (
        f"Counted is what comes from the month of leaving to month {timing.horizon_months}, {interest}: margins are "
        "earned evenly through each month, and what is earned before leaving is the same in every strategy."
    )
    if timing.earned is None and "win_back_chance" in segments:
        yield "What one who returns brings counts in full, also where it comes after the horizon."
    if timing.earned_new is None and "acquire_chance" in segments:
        yield "What a new customer brings counts in full, also where it comes after the horizon."
    if "acquire_chance" in segments:
        yield (
            "Acquiring instead wins one stranger for each customer who leaves, in that month; it may be done beside "
            "the others, so that it competes with them for money only."
        )
    if found.inputs.customers is None:
        yield (
            "Customers of one segment are taken for alike: each leaves with the same chance in every month, and the "
            "riskiest are whole segments."
        )
    yield from found.inputs.notes
    stated = [IN_WORDS[name] for name in IN_WORDS if name in found.inputs.assumed]
    if stated:
        yield f"Stated by the analyst, not measured here: {join_words(stated)}."
    sure = {name for name in IN_WORDS if name in segments} - {*unsure(segments)}
    sure -= {name for name in sure if not segments[name].any()}
    if sure:
        words = join_words(words for name, words in IN_WORDS.items() if name in sure)
        yield f"Taken for certain, so that intervals leave them out: {words}."
