"""When is a silent buyer lost? No rule knows; these four are what an analyst can ask for, each with its settings.

Each has one free number: the more of it, the later customers are called lost (`Rhythm.slack`, `Silence.days`), or the
sooner (`Personal.false_alarms`, `Inactive.chance`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral
from typing import ClassVar

from winback.base.purchase_days import in_days
from winback.doors import door
from winback.purchases.fits import MODELS
from winback.results import format_chance, format_percent

DAYS = 90  # the usual quarter
INSTEAD = "Ask for silence of a number of days instead."


class RuleNotFittedError(ValueError):
    """A log is too short or has too few customers for a rule; the message says what to choose instead."""


def _check_share(name, share):
    if not 0 < share < 1:
        raise ValueError(f"{name} must be between 0 and 1, such as 0.1; got {share!r}.")


def _check_days(name, days, least=1):
    if not least <= days < 10**6:
        raise ValueError(f"{name} must be a whole number of days, at least {least}; got {days!r}.")


@door
@dataclass(frozen=True)
class Silence:
    """Lost when silent for more than so many days, everybody alike.

    Parameters
    ----------
    days : int, optional
        By default 90.
    share : float, optional
        Instead: the fewest days after which the share of those so silent who buy within further days falls below this,
        chosen from the return curve of the log (`winback.base.return_curve`).
    within : int, optional
        Those further days, by default 90.

    Examples
    --------
    >>> Silence(120).in_words, Silence(share=0.1).in_words
    ('silent for more than 120 days', 'silent so long that fewer than 10.0% buy within 90 days')
    """

    days: int | None = None
    share: float | None = field(default=None, kw_only=True)
    within: int | None = field(default=None, kw_only=True)
    name: ClassVar[str] = "silence"

    def __post_init__(self):
        """Refuse what is no silence, and fill in what was not said."""
        if self.share is None:
            if self.within is not None:
                raise ValueError("within belongs to share: write Silence(share=0.1, within=90), or days alone.")
            object.__setattr__(self, "days", DAYS if self.days is None else self.days)
            _check_days("days", self.days, least=0)
            return
        if self.days is not None:
            raise ValueError("Give days, or the share to choose them by, not both.")
        object.__setattr__(self, "within", DAYS if self.within is None else self.within)
        _check_share("share", self.share)
        _check_days("within", self.within)

    @property
    def in_words(self) -> str:
        """What the rule takes for a loss."""
        if self.share is None:
            return f"silent for more than {in_days(self.days)}"
        return f"silent so long that fewer than {format_percent(self.share)} buy within {in_days(self.within)}"


@door
@dataclass(frozen=True)
class Rhythm:
    """Lost when silent for one's own usual gap and some slack: "buys every 3 months, lost after 4".

    Parameters
    ----------
    slack : float
        Share of the usual gap that is added to it; the usual gap is the mean of a customer's own.
    least_days : int
        Purchase days from which on a customer has a rhythm.
    otherwise : Silence
        Of those with fewer purchase days.

    Examples
    --------
    >>> Rhythm().in_words
    'silent for 133% of the own usual gap, or with under 3 purchase days for more than 90 days'
    """

    slack: float = 1 / 3
    least_days: int = 3
    otherwise: Silence = Silence(DAYS)
    name: ClassVar[str] = "rhythm"

    def __post_init__(self):
        """Refuse what is no rhythm."""
        if not -1 < self.slack < 1000:
            raise ValueError(f"slack must be a share of the usual gap, such as 1/3; got {self.slack!r}.")
        _check_days("least_days", self.least_days, least=2)

    @property
    def in_words(self) -> str:
        """What the rule takes for a loss."""
        few = self.otherwise.in_words.removeprefix("silent ")
        return (
            f"silent for {format_percent(1 + self.slack, 0)} of the own usual gap, "
            f"or with under {self.least_days} purchase days {few}"
        )


@door
@dataclass(frozen=True)
class Personal:
    """Lost when silent for longer than all but a few of one's own gaps are expected to be [1]_.

    Parameters
    ----------
    false_alarms : float
        Share of the gaps of a customer who stays that the boundary takes for a loss, by the model
        (`winback.base.gap_model`, which says when the model errs). What share it is in a log, and what share of those
        called lost buy again, is measured: `winback.base.false_alarms`.

    References
    ----------
    .. [1] Holtrop, N. & Wieringa, J. E. (2023). Timing customer reactivation initiatives. International Journal of
       Research in Marketing 40.

    Examples
    --------
    >>> Personal().in_words
    'silent for longer than all but 5.0% of the own gaps are by the model of gaps'
    """

    false_alarms: float = 0.05
    name: ClassVar[str] = "personal"

    def __post_init__(self):
        """Refuse what is no share."""
        _check_share("false_alarms", self.false_alarms)

    @property
    def in_words(self) -> str:
        """What the rule takes for a loss."""
        longer = f"all but {format_chance(self.false_alarms)} of the own gaps"
        return f"silent for longer than {longer} are by the model of gaps"


@door
@dataclass(frozen=True)
class Inactive:
    """Lost when the chance to be still a customer falls below a threshold, by a model of purchases.

    Parameters
    ----------
    chance : float
        The threshold.
    model : str
        As in `fit_purchases`. The BG/NBD takes those who bought once for customers for ever.

    Examples
    --------
    >>> Inactive().in_words
    'the chance to be still a customer is below 50.0% (Pareto/NBD)'
    """

    chance: float = 0.5
    model: str = "pareto_nbd"
    name: ClassVar[str] = "model"

    def __post_init__(self):
        """Refuse what is no chance and no model in continuous time."""
        _check_share("chance", self.chance)
        models = [name for name, model in MODELS.items() if model.timed]
        if self.model not in models:
            raise ValueError(f"model must be one of {', '.join(models)}; got {self.model!r}.")

    @property
    def in_words(self) -> str:
        """What the rule takes for a loss."""
        title = MODELS[self.model].name
        return f"the chance to be still a customer is below {format_chance(self.chance)} ({title})"


Setting = Rhythm | Silence | Personal | Inactive
CALLED = {  # in sentences
    "rhythm": "the rule of the own rhythm",
    "silence": "plain silence",
    "personal": "the personal boundary",
    "model": "the chance by a model of purchases",
}
RULES: tuple[type[Setting], ...] = (Rhythm, Silence, Personal, Inactive)


def parse_lost(lost: Setting | str | int) -> Setting:
    """Return the settings of a rule that may be given by name, or as a number of days of silence.

    Examples
    --------
    >>> parse_lost("personal"), parse_lost(120).days
    (Personal(false_alarms=0.05), 120)
    """
    if isinstance(lost, RULES):
        return lost
    named = {rule.name: rule for rule in RULES}
    if isinstance(lost, str) and lost in named:
        return named[lost]()
    if isinstance(lost, Integral) and not isinstance(lost, bool):
        return Silence(int(lost))
    rules = ", ".join(f'"{name}"' for name in named)
    raise ValueError(
        f"lost must be one of {rules}, a number of days of silence, or a rule with settings such as "
        f"Rhythm(slack=0.5); got {lost!r}."
    )
