"""What is assumed of keeping, winning back and acquiring? One small setting each.

Every amount is a number, (low, high), or None where the table has it by segment. An interval is taken for one at the
level of the comparison; what is said is its middle. Winning back and acquiring are described by the same three figures,
entered apart, since they differ in all three: those who left have shown that they need the service, they know the
brand, and it is known how they used it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from winback.doors import door
from winback.trial.trial import Trial

Assumed = float | tuple[float, float] | None  # None: it is in the table


@door
@dataclass(frozen=True)
class Keep:
    """What is done to keep customers who may leave.

    Examples
    --------
    >>> Keep(cost=10.0, share_prevented=(0.2, 0.4)).riskiest
    0.2
    """

    cost: Assumed  # money for everybody who gets it, now: those who would have stayed are paid for too
    share_prevented: Assumed  # of the losses within the horizon, up to its end
    riskiest: float = 0.2  # share of the customers that *keep the riskiest* is for

    def __post_init__(self):
        if not 0 < self.riskiest <= 1:
            raise ValueError(f"riskiest must be a share above 0 and up to 1, such as 0.2; got {self.riskiest!r}.")


@door
@dataclass(frozen=True)
class WinBack:
    """What winning back those who left comes to, of each who is contacted.

    Examples
    --------
    >>> WinBack(chance=0.4, value=900.0, cost=120.0).months_away
    0.0
    """

    chance: Assumed  # to return
    value: Assumed  # money that one who returned brings
    cost: Assumed = None  # money for one who accepts; nothing unless stated
    contact_cost: Assumed = None  # money for everybody contacted; nothing unless stated
    months_away: float = 0.0  # from leaving to the contact
    value_months: float | None = None  # over which the value comes in, evenly; None: it counts in full at once

    def __post_init__(self):
        check_months(self.months_away, "months_away", least=0.0)
        check_months(self.value_months, "value_months")


@door
@dataclass(frozen=True)
class ByThemselves:
    """How many return without an offer, and what one of them brings; by default as much as one won back.

    They return when those won back are contacted, and what they bring is counted over the same months.

    Examples
    --------
    >>> ByThemselves(0.05).value is None
    True
    """

    chance: Assumed
    value: Assumed = None


@door
@dataclass(frozen=True)
class Acquire:
    """What it takes to win a stranger in the place of one who left.

    Examples
    --------
    >>> Acquire(chance=0.05, value=500.0, contact_cost=4.0).value_months is None
    True
    """

    chance: Assumed  # that a stranger who is contacted becomes a customer
    value: Assumed  # money that a new customer brings, who may stay for a shorter time
    contact_cost: Assumed  # money for everybody contacted
    value_months: float | None = None  # over which the value comes in, evenly; None: it counts in full at once

    def __post_init__(self):
        check_months(self.value_months, "value_months")


def check_months(months: float | None, name: str, least: float = 0.01) -> None:
    """Refuse what is no length of time."""
    if months is not None and not least <= months < 10_000:
        raise ValueError(f"{name} must be a number of months from {least:g}; got {months!r}.")


def settings_of(
    keep: Mapping | None, win_back: Mapping | None, acquire: Mapping | None, trial: Trial | None = None
) -> dict[str, object]:
    """Return the settings that the first cell of a notebook states as plain values, by name.

    ``win_back`` has ``by_themselves`` among its values, how many return without an offer: nobody unless stated. Where
    nothing is stated of winning back, a trial says it.

    Examples
    --------
    >>> back = {"chance": 0.4, "value": 90, "by_themselves": 0.1}
    >>> stated = settings_of({"cost": 10, "share_prevented": 0.2}, back, None)
    >>> stated["win_back"].value, stated["by_themselves"].chance, stated["acquire"]
    (90, 0.1, None)
    """
    back = dict(win_back or {})
    alone = ByThemselves(back.pop("by_themselves", 0.0))
    measured = trial is not None and not back
    return {
        "keep": Keep(**keep) if keep else None,
        "win_back": trial if measured else WinBack(**back) if back else None,
        "by_themselves": None if measured else alone,
        "acquire": Acquire(**acquire) if acquire else None,
    }


def months_of(terms: Mapping) -> dict[str, object]:
    """Return the months and the interest of a comparison as a list of whom to keep takes them: one horizon for both.

    Examples
    --------
    >>> months_of({"horizon_months": 24, "annual_discount": 0.1})
    {'months': 24, 'annual_discount': 0.1}
    """
    return {"months" if name == "horizon_months" else name: given for name, given in terms.items()}
