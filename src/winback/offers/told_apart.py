"""Is the first offer told apart from the others, and what to do where it is not?

An interval of a difference that contains zero does not show that two offers are the same: they are *not told apart*.
*Equivalent* they are where the analyst named a difference that would not matter and the whole interval lies within it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.money import format_money
from winback.results import Result, format_chance, format_percent, join_words
from winback.trial.trial_words import whom

MUCH_SCATTER = 2.0  # times: at twice the standard deviation it is no longer the same kind of customers


def pair_verdicts(low: np.ndarray, high: np.ndarray, bound: float | None) -> dict[str, np.ndarray]:
    """Return by pair whether its offers are clearly different, and whether they are equivalent within the bound."""
    within = 0.0 if bound is None else bound
    return {"told_apart": (low > 0) | (high < 0), "equivalent": (low > -within) & (high < within)}


def within_words(bound: float | None, currency: str) -> str:
    """Write the difference per customer that would not matter; empty where none was named."""
    return "" if bound is None else format_money(bound, currency)


def not_told_from(leader: str, differences: pd.DataFrame) -> list[str]:
    """Return the offers that are not clearly different from the leader."""
    return list(differences.loc[(differences["first"] == leader) & ~differences["told_apart"], "second"])


def verdict_words(pairs: pd.DataFrame, within: str) -> np.ndarray:
    """Say of each pair whether its offers are clearly different, and whether they differ by less than would matter."""
    told = np.where(pairs["told_apart"], "clearly different", "not clearly different")
    same = np.where(pairs["told_apart"], "clearly different, yet equivalent within ", "equivalent within ") + within
    return np.where(pairs["equivalent"], same, told)


def beside_the_leader(offers: pd.Series, differences: pd.DataFrame, within: str) -> list[str]:
    """Return a remark on each offer, the leader first: how it stands to the leader, where that is not clear."""
    beside = {pair.second: pair for pair in differences.itertuples() if pair.first == offers.iloc[0]}
    return [_remark(beside[offer], within) if offer in beside else "" for offer in offers]


def _remark(pair, within: str) -> str:
    if pair.equivalent:
        return f"equivalent to {pair.first}: within {within}"
    return "" if pair.told_apart else f"not clearly different from {pair.first}"


def answer_where_unclear(result: Result, earns: str) -> str:
    """Say that others may be as good as the first offer, or are."""
    first, *others = result.winners
    all_same = set(others) <= set(_equivalent(result))
    verdict = f"equivalent within {result.within}, so it hardly matters which" if all_same else "not clearly different"
    return f"{join_words(result.winners)} are {verdict}: {first} is ahead with {earns}, but not beyond chance."


def next_step(result: Result) -> str:
    """Say in one sentence what to do on Monday: what to send, or what to find out first."""
    first, kind = result.frame.iloc[0], f"{result.kind}_profit"
    if first[f"{kind}_high"] < 0:
        return "Send none of these offers; look for one that costs less, and try it on a small random part."
    if result.kind == "gross":
        return "Before sending any to all, leave a random part without an offer: only they show what an offer adds."
    if first[f"{kind}_low"] <= 0:
        return "Send none of these offers to all yet: a larger trial is to show whether any pays."
    if len(result.winners) > 1:
        choice = f"Send {join_words(result.winners)} each to a random part of {whom(result.trial)}"
        return f"{choice}, until it is clear which earns most; {first['offer']} where only one can be sent."
    return (
        f"Send {first['offer']} to {whom(result.trial)}, and keep a random part without an offer, so that the gain "
        "stays measured."
    )


def leader_note(result: Result) -> str:
    """Say in few words how the first offer stands to the others."""
    same = _equivalent(result)
    unclear = [name for name in result.winners[1:] if name not in same]
    notes = [f"not clearly different from {join_words(unclear)}"] if unclear else []
    notes += [f"equivalent to {join_words(same)} within {result.within}"] if same else []
    return "; ".join(notes) or ("clearly different from all others" if len(result.frame) > 1 else "")


def _equivalent(result) -> list[str]:
    """Return the offers that differ from the first by less than would matter."""
    pairs = result.differences
    return list(pairs.loc[(pairs["first"] == result.frame["offer"].iloc[0]) & pairs["equivalent"], "second"])


def lead(result: Result) -> Iterator[str]:
    """Say how far the first offer is ahead of the second, whether that is beyond chance, and what to do if not."""
    if len(result.frame) > 1:
        pair = result.differences.iloc[0]
        plain = f" (plain {result.adjusted.plain_lead})" if result.adjusted_for else _gross_lead(result, pair)
        ahead, low, high = result.formats([pair[f"difference{end}"] for end in ("", "_low", "_high")], "money")
        by = f"by {ahead} per customer [{low}, {high}]{plain}"
        more = at_more_scatter(result)
        if more:
            narrowly = f"{pair['first']} leads {pair['second']} narrowly, {by}"
            yield f"{narrowly}, allowing for every pair compared; {more}{_both_pay(result)}."
            return
        yield (
            f"{pair['first']} leads {pair['second']} {by}; this interval allows for every pair compared and "
            f"{_verdict(result, pair)}."
        )


def _both_pay(result) -> str:
    """Say that the two first offers earn more than none, where they are shown to; nothing where that is not known."""
    if result.kind == "gross" or (result.frame["incremental_profit_low"].iloc[:2] <= 0).any():
        return ""
    return "; that either earns more than sending nothing is clear"


def _gross_lead(result, pair) -> str:
    """Say the gross lead where an assumed organic return makes another one of it, and why it does."""
    if result.settings.organic is None or result.settings.organic_value is not None:
        return ""
    gross = result.frame["gross_profit"]
    ahead, before = result.formats([pair["difference"], gross.iloc[0] - gross.iloc[1]], "money")
    why = "who comes back anyway is taken to be worth what the offer's own returners are"
    return "" if ahead == before else f" ({before} gross: {why})"


def scatter_to_spare(pair) -> float:
    r"""Return how many times as much profit may scatter between customers before two offers are not clearly different.

    An interval grows with the standard deviation of profit. With difference :math:`d` and lower end
    :math:`d - c\,\mathrm{se}` it reaches zero where that is :math:`d / (c\,\mathrm{se})` times as large, and the
    variance the square of it.

    Examples
    --------
    >>> import pandas as pd
    >>> scatter_to_spare(pd.Series({"difference": 3.0, "difference_low": 1.0, "told_apart": True}))
    1.5
    """
    reach = pair["difference"] - pair["difference_low"]
    return float(pair["difference"] / reach) if reach > 0 else float("inf")


def scatter(result: Result) -> Iterator[str]:
    """Say how little more scatter would undo the verdict, unless the lead says it or it would take much more."""
    if len(result.frame) > 1 and not _scatter_in_the_lead(result) and _is_narrow(result.differences.iloc[0]):
        pair = result.differences.iloc[0]
        yield (
            f"If profit varied {_more(pair)} more between customers, the lead of {pair['first']} over "
            f"{pair['second']} could be chance."
        )


def at_more_scatter(result: Result) -> str:
    """Say at how much more scatter the lead could be chance, where it is narrow and scatter was assumed."""
    if len(result.frame) == 1 or not _scatter_in_the_lead(result):
        return ""
    more = _more(result.differences.iloc[0])
    return f"if profit varied {more} more between customers than is assumed here, the lead could be chance"


def _more(pair) -> str:
    """Write how much more profit may vary."""
    spare = scatter_to_spare(pair) - 1
    return format_percent(spare, 0) if spare >= 0.005 else "under 1%"


def leads_narrowly(result: Result) -> bool:
    """Tell whether the first offer is shown to lead, yet little more scatter than was assumed would undo it.

    `lead` says so. That the intervals of two offers overlap is no such sign: their difference may be clear.
    """
    return bool(at_more_scatter(result))


def _is_narrow(pair) -> bool:
    return bool(pair["told_apart"]) and scatter_to_spare(pair) < MUCH_SCATTER


def _scatter_in_the_lead(result) -> bool:
    """Tell whether scatter is a doubt of the lead itself: it is narrow, and how far profit scatters was assumed."""
    assumed = result.trial is not None and result.trial.scatter_assumed
    return assumed and _is_narrow(result.differences.iloc[0]) and not result.differences["equivalent"].iloc[0]


def _verdict(result, pair) -> str:
    within = f"lies within {result.within}" if pair["equivalent"] else ""
    if pair["told_apart"]:
        return f"leaves out zero{f', yet {within}: equivalent' if within else ': they are clearly different'}"
    what = _what_choosing_costs(result) if _said_in_the_answer(result) else "nothing tells them apart"
    return f"{within or 'contains zero'}: {what}"


def _said_in_the_answer(result) -> bool:
    """Say whether the answer tells what choosing the first offer costs: it is shown to pay, yet not to be the best."""
    return len(result.winners) > 1 and result.frame[f"{result.kind}_profit_low"].iloc[0] > 0


def _what_choosing_costs(result) -> str:
    first = result.frame.iloc[0]
    chance, loss = format_chance(first["probability_best"]), format_money(first["expected_loss"], result.currency)
    rivals = "all offers and of sending none" if result.control is not None else "all offers"
    return (
        f"{first['offer']} is the best of {rivals} with probability {chance}, and choosing it is expected to lose "
        f"{loss} per customer in case another is better"
    )


def sureness(result: Result) -> Iterator[str]:
    """Say how sure the choice is, unless the answer did, and what that takes for granted."""
    if len(result.frame) > 1:
        if not _said_in_the_answer(result):
            yield f"{_what_choosing_costs(result)}."
        yield (
            "Such a probability takes every profit for as likely beforehand as any other (a flat prior); that several "
            "offers were compared is allowed for in the intervals of their differences only."
        )
