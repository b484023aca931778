"""Do figures that meet rest on the same trial and the same terms? What does not is refused with both named."""

from __future__ import annotations

from dataclasses import fields, replace

from winback.doors import ArgumentError
from winback.money import format_money
from winback.results import join_words
from winback.terms.catalog import Offer
from winback.terms.contact_costs import CONTACT_COST
from winback.terms.contract_problems import WHO_MAY_GET_IT
from winback.trial.trial import Trial


def check_is_trial(trial: object) -> None:
    """Refuse with a TypeError what is no trial, such as the table that one is read from."""
    if not isinstance(trial, Trial):
        raise ArgumentError(
            f"This takes a trial, not {type(trial).__name__}: read it once by winback.read_trial(customers, offers)."
        )


def check_same_terms(what: str, made_on: Trial, asked: Trial) -> None:
    """Refuse to hold what was made on a trial (``what``, as in "the policy") against one under other terms.

    Raises
    ------
    ValueError
        Naming both terms, and how to make them the same.
    """
    costs = contacts = [_costs(made_on, asked), _costs(asked, made_on)]
    if made_on.contact_costs != asked.contact_costs:
        contacts = [f"{cost}, {contacts_in_words(trial)}" for trial, cost in zip((made_on, asked), costs, strict=True)]
    if made_on.terms != asked.terms or any(contacts):
        pairs = zip((made_on, asked), contacts, strict=True)
        theirs, ours = (f"{trial.terms_in_words}, in {trial.currency}{cost}" for trial, cost in pairs)
        way = "the same offers" if any(costs) else "the same terms by trial.over(...)"
        raise ValueError(
            f"{what[:1].upper()}{what[1:]} was made under other terms ({theirs}) than this trial has ({ours}). Bring "
            f"the trial to {way}, or make {what} anew from this one."
        )


def check_same_trial(what: str, made_on: Trial, asked: Trial) -> None:
    """Refuse with a ValueError what was made from one trial for another, or under other terms; both are named."""
    if made_on.lapsed is not asked.lapsed and not made_on.lapsed.equals(asked.lapsed):
        theirs, ours = (f"{trial.source}, {len(trial.lapsed):,} lapsed customers" for trial in (made_on, asked))
        raise ValueError(
            f"{what[:1].upper()}{what[1:]} was made from another trial ({theirs}) than this one ({ours}). Make {what} "
            "anew from this one."
        )
    check_same_terms(what, made_on, asked)


def contacts_in_words(trial: Trial) -> str:
    """Say what the contacts with a customer who was sent an offer cost, and where that is from."""
    whose = "as the offers say" if trial.contact_costs is None else f"as {type(trial.contact_costs).__name__} says"
    free = replace(trial.offers, offers=tuple(replace(offer, contact_cost=0.0) for offer in trial.offers))
    lapsed = trial.lapsed.drop(columns=CONTACT_COST, errors="ignore")
    bare = replace(trial, offers=replace(free, contact_costs=None), lapsed=lapsed, true_profits=None)
    n_sent = sum(int((trial.arm == trial.arms.index(name)).sum()) for name in trial.sent)
    each = (trial.cost.sum() - bare.cost.sum()) / n_sent
    return f"contacts at {format_money(each, trial.currency)} each {whose}"


def _costs(trial: Trial, other: Trial) -> str:
    """Return in words what the offers of a trial cost that cost something else in another; empty where none does."""
    known = {offer.name: offer for offer in other.offers}
    differ = (
        f"{offer.name} {each.name} = {getattr(offer, each.name)!r}"
        for offer in trial.offers
        for each in fields(Offer)
        if each.name not in WHO_MAY_GET_IT
        and offer.name in known
        and getattr(offer, each.name) != getattr(known[offer.name], each.name)
    )
    return f", with {join_words(found)}" if (found := list(differ)) else ""
