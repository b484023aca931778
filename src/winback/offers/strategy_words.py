"""What is said of keeping, winning back and acquiring? The answer, where it turns, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.offers.strategy_inputs import INPUTS, unsure
from winback.offers.strategy_worth import ACQUIRE, PAYING, RISKIEST
from winback.results import Result, format_percent, join_words

ALL = "all customers"
MOST_GROUPS = 4  # in a title: of more only all customers are spoken of


def answer(found: Result) -> str:
    """Say which strategy earns most, and which are not clearly different from it."""
    rows, start = found.of(ALL), f"{found.scenario}: " if found.scenario else ""
    first, alike = rows.iloc[0], rows["strategy"][1:][~rows["told_apart"][1:]]
    name, months = found.name(first["strategy"]), found.terms.timing.horizon_months
    what = f"{found.gain(first)} per customer at risk within {months} months, against doing nothing"
    if first["gain_low"] <= 0:
        return f"{start}None of these is shown to earn more than doing nothing; ahead: {name}, {what}."
    beside = f"; not clearly different from it: {join_words(map(found.name, alike))}" if len(alike) else ""
    but = f" over all, though not among {join_words(found.behind)}" if found.behind else ""
    return f"{start}{name}: that earns most{but}, {what}{beside}{if_sooner(found)}."


def best(found: Result) -> str:
    """Say which strategy to choose, what it gains, and what is not clearly worse."""
    rows = found.of(ALL)
    first, alike = rows.iloc[0], rows["strategy"][1:][~rows["told_apart"][1:]]
    beside = f"about as much as to {join_words(map(found.name, alike))}" if len(alike) else "most"
    but = f", though not among {join_words(found.behind)}" if found.behind else ""
    name, gain = found.name(first["strategy"]), found.formats([first["gain"]], "money")[0]
    return f"{capital(name)}: that gains {beside}, {gain} a customer{but}."


def leaders(found: Result) -> str:
    """Say in a few words what earns most in which group of customers, and where that is not beyond chance."""
    if found.of(ALL)["gain_low"].iloc[0] <= 0:
        return "Nothing here is shown to earn more than doing nothing"
    groups = [*dict.fromkeys(found.inputs.segments["segment"])]
    groups = groups if len(groups) <= MOST_GROUPS else [ALL]
    rows = {group: found.of(group) for group in groups}
    ahead: dict[str, list[str]] = {}
    for group, each in rows.items():
        ahead.setdefault(found.name(each["strategy"].iloc[0]), []).append(group)
    unclear = [group for group, each in rows.items() if not each["told_apart"][1:].all()]
    verb = "is ahead" if unclear else "earns most"
    (first, its), *others = sorted(ahead.items(), key=lambda each: -len(each[1]))
    where = f" among {join_words(its)}" if others else " in every group" if len(groups) > 1 else ""
    rest = "".join(f", {name} among {join_words(those)}" for name, those in others)
    every = len(unclear) == len(groups)
    chance = "but not beyond chance" if every else f"not beyond chance among {join_words(unclear)}"
    return capital(f"{first} {verb}{where}{rest}{f', {chance}' if unclear else ''}")


def capital(text: str) -> str:
    """Return a text with a capital letter first."""
    return text[:1].upper() + text[1:]


def if_sooner(found: Result) -> str:
    """Say what is ahead where half of the months counts: how long one looks ahead may decide."""
    if found.sooner is None:
        return ""
    first, months = found.sooner.of(ALL).iloc[0], found.sooner.terms.timing.horizon_months
    if first["gain_low"] <= 0:
        return f"; within {months} months nothing is shown to beat doing nothing"
    return f"; within {months} months {found.name(first['strategy'])} is ahead, {found.sooner.gain(first)}"


def turn(found: Result) -> str:
    """Say where it turns, and of which share of losses winning back is counted."""
    said = _where_it_turns(found)
    if np.isnan(found.tried):
        return said
    share = format_percent(found.tried, 0)
    return f"{said[:-1]}; winning back was tried on {share} of such losses, and for the rest nothing is counted."


def _where_it_turns(found: Result) -> str:
    """Say where a new customer is worth more, where another strategy leads, or what earns most for its money."""
    new, back, unclear = found.new_or_back
    if found.new_everywhere:
        money = found.for_its_money([*found.break_even["segment"]])
        where = "everywhere" if len(found.break_even) > 1 else "here"
        taken = ", at what acquiring is assumed to take and bring" if found.assumed(ACQUIRE) else ""
        money = f"; {money.replace(' there', '')}" if money else ""
        return f"Once they have left, a new customer in their place earns more than winning back {where}{taken}{money}."
    if new:
        where = [f"more than winning back among {join_words(new)}"]
        where += [f"less among {join_words(back)}"] if back else []
        where += [f"not beyond chance among {join_words(unclear)}"] if unclear else []
        money = f"; {found.for_its_money(new)}" if found.for_its_money(new) else ""
        taken = ", at what acquiring is assumed to take and bring" if found.assumed(ACQUIRE) else ""
        return f"Once they have left, a new customer in their place earns {join_words(where)}{taken}{money}."
    if found.behind:
        leads = (f"{found.name(found.of(each)['strategy'].iloc[0])} among {each}" for each in found.behind)
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
        share = format_percent(np.average(segments["share_prevented"], weights=segments["n"]), 0)
        how = "is assumed" if "share_prevented" in assumed else "is taken as measured"
        until = f"up to month {found.terms.timing.horizon_months}"
        need = found.break_even.set_index("segment")["share_prevented"].dropna()
        new = {"share_prevented", "acquire_chance"} <= assumed and not found.new_or_back[0]
        too = "; so is what acquiring takes and brings" if new else ""
        if need.empty:
            return f"That keeping prevents {share} of losses {until} {how}, and no share would pay for its cost{too}."
        ends = dict.fromkeys([need.idxmin(), need.idxmax()])
        least = join_words(f"{format_percent(need[each])} among {each}" for each in ends)
        return f"That keeping prevents {share} of losses {until} {how}, and it pays for itself from {least} on{too}."
    known = [INPUTS[name][1] for name in ("win_back_chance", "acquire_chance") if name in assumed]
    if not known:
        return "That customers go on leaving and returning as they did is assumed."
    return f"{join_words(known)} {'are' if len(known) > 1 else 'is'} assumed, not measured here."


def riskiest(found: Result) -> Iterator[str]:
    """Say whether the riskiest are those worth keeping, and that whoever is picked by a gain is flattered."""
    if found.picked is None:
        return
    if PAYING in set(found.frame["strategy"]):
        yield "Those whom it pays are picked by the same figures, which flatters what keeping them gains a little."
    pays = f"keeping pays for {format_percent(found.picked.pays_for)} of customers, at the figures as they are"
    risky = found.of(ALL).set_index("strategy").loc[RISKIEST, "gain"]
    by_risk, by_gain = found.formats([risky, found.picked.gain], "money")
    if by_risk == by_gain:
        yield f"{pays}."
        return
    yield (
        f"Who is riskiest need not be worth keeping: as many, picked by what keeping them would gain, earn {by_gain} "
        f"per customer at risk and not {by_risk}; {pays}."
    )


def counted(found: Result) -> Iterator[str]:
    """Say what is counted."""
    timing, segments = found.terms.timing, found.inputs.segments
    rate = timing.annual_discount
    interest = f"less interest of {format_percent(rate)} a year" if rate else "no interest taken off"
    yield (
        f"Counted is what comes from the month of leaving to month {timing.horizon_months}, {interest}: margins are "
        "earned evenly through each month, and what is earned before leaving is the same in every strategy."
    )
    if "share_prevented" in segments:
        yield (
            f"Whoever is kept is counted to stay up to month {timing.horizon_months}; if those kept go on leaving as "
            "before, keeping gains less, as the list of whom to keep says in money."
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
    if "margin_turn" in found.break_even:
        yield (
            "Chance, contact cost and value of the two stand apart, since those who left need the service, know the "
            "brand, and left data on how they used it (three reasons that the study's author gives)."
        )
        yield "The margin at which they change places takes what returns bring to be in proportion to it."


def assumptions(found: Result) -> Iterator[str]:
    """Say what is measured, assumed and taken for certain."""
    segments = found.inputs.segments
    if found.inputs.customers is None:
        yield (
            "Customers of one segment are taken for alike: each leaves with the same chance in every month, and the "
            "riskiest are whole segments."
        )
    yield from found.inputs.notes
    stated = [words for name, (_, words) in INPUTS.items() if name in found.inputs.assumed]
    if stated:
        yield f"Stated by the analyst, not measured here: {join_words(stated)}."
    there = [name for name in INPUTS if name in segments and segments[name].any()]
    sure = [INPUTS[name][1] for name in there if name not in unsure(segments)]
    if sure:
        yield f"Taken for certain, so that intervals leave them out: {join_words(sure)}."
