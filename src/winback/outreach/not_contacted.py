"""Who of those asked about is not contacted, why, and does the sum close?"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.outreach.contact_rows import OF_THE_LIST, with_columns_of
from winback.outreach.dates import day_words
from winback.policies.contact_list import DOES_NOT_PAY, NOT_SHOWN, TOO_LATELY
from winback.policies.strangers import left_out_of
from winback.results import Result, counted, format_count, join_words
from winback.tables.no_contact import ASKED, NO_CONTACT, says_who_asked

BACK, STANDS = "are back already", "left for a cause that stands"
MADE_BEFORE = "were made an offer in a plan made before"
REFUSED = "do not consent to the channels by which their offer is made"
NOT_KNOWN = "are not known to consent to the channels by which their offer is made"
NOT_MARKED = f"Not known: who {ASKED}; strike them out before anything is sent."
NEVER = (BACK, MADE_BEFORE, STANDS, REFUSED, NOT_KNOWN)  # nobody else is to contact them about it either


def not_contacted(plan: Result) -> pd.DataFrame:
    """Return one row per customer asked about who is neither contacted nor kept back: ``customer_id``, ``why``.

    Then what the list carries of them: whoever is to recognise them needs more than a number.
    """
    rows = (plan.customers["why_not"] != "").to_numpy()
    on_it = plan.customers.loc[rows, ["customer_id", "why_not"]].rename(columns={"why_not": "why"})
    theirs = plan.listed.frame.loc[rows].drop(columns=[*OF_THE_LIST, "reason"], errors="ignore")
    on_it = with_columns_of(on_it.reset_index(drop=True), theirs)
    both = [plan.listed.not_listed, on_it]
    return pd.concat([each for each in both if len(each)] or both[:1], ignore_index=True)


def left_out(plan: Result) -> Iterator[str]:
    """Yield who is not contacted: in sum, on the list, not on it, kept back at random, and not asked about."""
    listed = plan.listed
    if not plan.frame.empty:
        yield _in_sum(plan)
    reasons = [f"{format_count(n)} {words}" for words, n, _ in plan.left_out]
    if reasons:
        yield f"On the list and not contacted: {join_words(reasons)}."
    if listed.left_out:
        yield f"Not on the list, {left_out_of(listed.left_out)}."
    if listed.n_kept_back and not plan.frame.empty:
        yield (
            f"{counted(listed.n_kept_back, 'customers', 'are')} held back at random, to compare with: "
            "do not contact them."
        )
    if listed.not_asked:
        again = {TOO_LATELY: " (plan again with newer data)"}
        parts = (f"{format_count(n)} {words}{again.get(words, '')}" for words, n in listed.not_asked)
        yield f"Not asked about: {join_words(parts)}."


def _in_sum(plan: Result) -> str:
    """Say what becomes of all who were asked about; the parts add up to them."""
    listed = plan.listed
    alone = {f"left alone, as {DOES_NOT_PAY}": listed.n_left_alone, f"left alone, as {NOT_SHOWN}": len(listed.unshown)}
    parts = {
        f"contacted{_who_left(plan)}": len(plan.reached),
        "held back at random": listed.n_kept_back,
        "on the list and not contacted": sum(n for _, n, _ in plan.left_out),
        "left out": sum(n for _, n in listed.left_out),
        **alone,
    }
    said = join_words(f"{format_count(n)} {words}" for words, n in parts.items() if n)
    return f"Of {counted(sum(parts.values()), 'customers')} asked about: {said}."


def _who_left(plan: Result) -> str:
    """Say in brackets from when to when those who are contacted left, where it is known."""
    if "left_on" not in plan.listed.customers:
        return ""
    left = plan.listed.customers["left_on"][plan.customers["is_reached"].to_numpy(dtype=bool)].dropna()
    return f" (who left from {day_words(left.min())} to {day_words(left.max())})" if len(left) else ""


def do_not_contact(plan: Result, *, sheets: bool = False) -> str:
    """Say whom not to contact, in sum, and in which sheets they are named; first where it is not known who asked it."""
    listed, why = plan.listed, not_contacted(plan)["why"]
    counts = [(f"who {words}", int((why == words).sum())) for words in NO_CONTACT]
    counts = [(words, n) for words, n in counts if n]
    rest = len(why) - sum(n for _, n in counts)
    counts += [("others left out" if counts else "left out", rest)] if rest else []
    others = join_words(f"{format_count(n)} {words}" for words, n in counts) if counts else ""
    kept = f"{format_count(listed.n_kept_back)} held back at random" if listed.n_kept_back else ""
    said = [(kept, " (sheet 'kept back')"), (others, " (sheet 'left out')")]
    parts = [f"{whom}{sheet if sheets else ''}" for whom, sheet in said if whom]
    unknown = "" if says_who_asked(listed.customers.columns) else NOT_MARKED
    return " ".join(filter(None, [unknown, f"{'; '.join(parts)}." if parts else ""]))
