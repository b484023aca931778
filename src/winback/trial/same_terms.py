"""Do figures that meet rest on the same trial and the same terms? What does not is refused with both named."""

from __future__ import annotations

from winback.trial.trial import Trial


def check_is_trial(trial: object) -> None:
    """Refuse what is no trial, such as the table that one is read from.

    Raises
    ------
    TypeError
        With the way to a trial.
    """
    if not isinstance(trial, Trial):
        raise TypeError(
            f"This takes a trial, not {type(trial).__name__}: read it once by winback.read_trial(customers, offers)."
        )


def check_same_terms(what: str, made_on: Trial, asked: Trial) -> None:
    """Refuse to hold what was made under some terms against a trial under others.

    Parameters
    ----------
    what : str
        What was made, as in "the policy".
    made_on, asked : Trial
        The trial it was made on, and the one it meets.

    Raises
    ------
    ValueError
        Naming both terms, and how to make them the same.
    """
    if made_on.terms != asked.terms:
        theirs, ours = (f"{trial.terms_in_words}, in {trial.currency}" for trial in (made_on, asked))
        raise ValueError(
            f"{what[:1].upper()}{what[1:]} was made under other terms ({theirs}) than this trial has ({ours}). Bring "
            f"the trial to the same terms by trial.over(...), or make {what} anew from this one."
        )


def check_same_trial(what: str, made_on: Trial, asked: Trial) -> None:
    """Refuse to hold what was made from one trial against another, or under other terms.

    Raises
    ------
    ValueError
        Naming both.
    """
    if made_on.lapsed is not asked.lapsed and not made_on.lapsed.equals(asked.lapsed):
        raise ValueError(
            f"{what[:1].upper()}{what[1:]} was made from another trial ({_named(made_on)}) than this one "
            f"({_named(asked)}). Make {what} anew from this one."
        )
    check_same_terms(what, made_on, asked)


def _named(trial: Trial) -> str:
    return f"{trial.source}, {len(trial.lapsed):,} lapsed customers"
