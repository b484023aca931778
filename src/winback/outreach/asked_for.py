"""What does a playbook ask for that is known of nobody, and which reasons does it name that nobody has?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from winback.outreach.dates import day_words
from winback.outreach.matching import first_that_answers, reasons_in
from winback.outreach.playbook import Playbook
from winback.results import counted
from winback.tables.likeness import nearest
from winback.trial.trial import Trial

LONG_HENCE = 366  # days: a mending so far ahead may be a slip of the pen, and whoever waits for it is hardly meant
IN_WORDS = {
    "left": "when they left: rules that ask for it fit nobody, and waits after leaving count from the first day",
    "reason": "why they left: rules, remedies and causes that ask for it fit nobody",
    "first_margin": "what they brought a month: rules that ask for it fit nobody",
}


def known_of_none(playbook: Playbook, customers: pd.DataFrame, about: Iterable[str] = IN_WORDS) -> Iterator[str]:
    """Yield what a playbook asks for that is known of none of these customers: ``left``, ``reason``, ``first_margin``.

    Examples
    --------
    >>> from winback.outreach import load_playbook
    >>> people = pd.DataFrame({"customer_id": [7], "first_margin": [20.0], "months_away": [2.0]})
    >>> list(known_of_none(load_playbook(), people))
    ['Of none of these customers is known why they left: rules, remedies and causes that ask for it fit nobody.']
    """
    rules, causes = playbook.rules, playbook.causes
    asked = {
        "left": any(each.months_away is not None for each in rules)
        or any(step.after_leaving_days for each in rules for step in each.steps)
        or any(each.remedied_on is not None for each in causes),
        "reason": bool(causes) or any(each.reasons is not None for each in (*rules, *playbook.remedies)),
        "first_margin": any(each.margin_from is not None for each in rules),
    }
    for what in about:
        columns = ("left_on", "months_away") if what == "left" else (what,)
        if asked[what] and all(name not in customers or customers[name].isna().all() for name in columns):
            yield f"Of none of these customers is known {IN_WORDS[what]}."


def named_in_vain(playbook: Playbook, customers: pd.DataFrame, trial: Trial) -> Iterator[str]:
    """Yield the reasons of rules, remedies and causes that nobody has, here or in the trial, and which may be meant.

    Those of a cause are all named, as somebody wrote them for these customers; of rules and remedies, which may come
    with a playbook, only those that are nearly a reason that is there.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> from winback.outreach import Cause, Channel, Playbook, Rule, Step
    >>> rules = (Rule("all", (Step("call"),)),)
    >>> book = Playbook((Channel("call"),), rules, causes=(Cause("mooved", stands=True),))
    >>> list(named_in_vain(book, pd.DataFrame({"reason": ["moved"]}), trial))
    ["Cause 'mooved': no customer here or in the trial left for it. Did you mean 'moved'?"]
    """
    known = trial.lapsed.get("reason", pd.Series(dtype=object)).dropna().unique()
    own = customers.get("reason", pd.Series(dtype=object)).dropna().unique()
    there = set().union(*(reasons_in(str(label)) for label in {*own, *known}))
    named = [(f"Rule {each.name!r}", each.reasons or (), False) for each in playbook.rules]
    named += [(f"Remedy {each.text!r}", each.reasons or (), False) for each in playbook.remedies]
    named += [(f"Cause {each.reason!r}", (each.reason,), True) for each in playbook.causes]
    for what, reasons, is_own in named if there else ():
        for reason in reasons:
            near = None if reasons_in(reason) & there else nearest(reason, sorted(there))
            if not reasons_in(reason) & there and (is_own or near):
                of_which = "it" if is_own else repr(reason)
                meant = f" Did you mean {near!r}?" if near else ""
                yield f"{what}: no customer here or in the trial left for {of_which}.{meant}"


def long_waits(playbook: Playbook, customers: pd.DataFrame, first: np.datetime64) -> Iterator[str]:
    """Yield the causes that are mended more than a year after a first day, and how many left for them.

    Examples
    --------
    >>> import datetime
    >>> from winback.outreach import Cause, Channel, Rule, Step
    >>> causes = (Cause("billing", remedied_on=datetime.date(2062, 10, 1)),)
    >>> book = Playbook((Channel("call"),), (Rule("all", (Step("call"),)),), causes=causes)
    >>> list(long_waits(book, pd.DataFrame({"reason": ["Billing", "price"]}), np.datetime64("2026-12-07")))
    ["Cause 'billing' is remedied only on 1 October 2062, and 1 customer who left for it waits until then: is the ..."]
    """
    for cause in playbook.causes:
        if cause.remedied_on is not None and np.datetime64(cause.remedied_on, "D") - first > LONG_HENCE:
            n = int((first_that_answers([(cause.reason,)], customers) == 0).sum())
            waiting = f"{counted(n, 'customers')} who left for it {'waits' if n == 1 else 'wait'} until then"
            yield (
                f"Cause {cause.reason!r} is remedied only on {day_words(cause.remedied_on)}, and {waiting}: is the "
                "date right?"
            )
