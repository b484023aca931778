"""The telecom study as one object: the table, the offers, the window, the company around it, the truth."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from numbers import Integral, Real

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contracts import read_contracts
from winback.base.lapsed import Lapsed
from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom.calendar import UNTIL
from winback.datasets.telecom.calibration import calibrate as calibrate_constants
from winback.datasets.telecom.company import TelecomCompany, draw_company, sent_table
from winback.datasets.telecom.lately import lost_lately
from winback.datasets.telecom.leavers import SET_ASIDE, assign_groups, draw_leavers, trial_columns
from winback.datasets.telecom.second_lives import ARMS, Constants, draw_hidden, potential_outcomes, true_profits
from winback.datasets.telecom.second_reasons import draw_second_reasons
from winback.doors import door
from winback.tables import LAPSED
from winback.terms.catalog import OfferCatalog
from winback.trial.read import read_trial
from winback.trial.trial import Trial

SEED = 2016
SOURCE = "The telecom study (simulated)"
# One random stream per part. New parts go to the end, so that older ones never change.
PARTS = (
    "calendar",
    "first_tenure",
    "first_margin",
    "reason",
    "referrals",
    "complaints",
    "resolved",
    "outreach",
    "attempts",
    "screening",
    "arms",
    "errors",
    "deal_seekers",
    "company",
    "second_reason",
)

MOST_CUSTOMERS = 10_000_000  # what fits into the memory of a laptop


@dataclass(frozen=True)
class TelecomTruth:
    """What only a simulation knows."""

    parameters: pd.DataFrame = field(repr=False)  # equation, term, value
    potential_outcomes: pd.DataFrame = field(
        repr=False
    )  # one row per customer, three columns per arm, ``second_reason``
    constants: Constants


@dataclass(frozen=True)
class TelecomStudy:
    """The telecom study: 53,000 leavers, four random arms, a random holdout and those set aside."""

    lapsed: pd.DataFrame = field(repr=False)  # one row per leaver, see `winback.tables.LAPSED`
    offers: OfferCatalog = field(repr=False)
    value_window: float  # months within which the value of an acceptor is counted
    assumptions: pd.DataFrame = field(repr=False)  # every figure behind the study, ``source`` = published or assumed
    truth: TelecomTruth = field(repr=False)
    company_seed: np.random.SeedSequence = field(repr=False, compare=False)  # the company is drawn when asked for

    @property
    def until(self) -> date:
        """The last day of the study."""
        return UNTIL

    @cached_property
    def sent(self) -> pd.DataFrame:
        """The campaign: one row per leaver, with the offer (``none`` = none was sent) and the day it was made.

        Examples
        --------
        >>> load_telecom_study().sent["offer"].value_counts().to_dict()["none"]
        13000
        """
        return sent_table(self.lapsed)

    @cached_property
    def company(self) -> TelecomCompany:
        """The company around the leavers, drawn when first asked for, with the truth of what is planted in it.

        Examples
        --------
        >>> int(load_telecom_study().company.truth.query("life == 1")["followed"].sum()) > 100
        True
        """
        scale = self.truth.constants.first_margin_scale
        return draw_company(self.lapsed, self.truth.potential_outcomes, scale, self.company_seed)

    @property
    def contracts(self) -> pd.DataFrame:
        """All contracts, of the leavers and of everybody else, see `winback.tables.CONTRACTS`."""
        return self.company.contracts

    @property
    def events(self) -> pd.DataFrame:
        """What happened to customers, dated, see `winback.tables.EVENTS`; a ``manager`` where one left."""
        return self.company.events

    @property
    def served_by(self) -> pd.DataFrame:
        """Which manager served whom, ``from`` when ``to`` when (missing: still)."""
        return self.company.served_by

    @cached_property
    def base(self) -> ContractBase:
        """All customers over time: who was here, who was lost when and why, and who came back.

        Examples
        --------
        >>> load_telecom_study().base.to_frame()["state"].tolist()
        ['here', 'back', 'lost', 'pending']
        """
        read = read_contracts(self.contracts, self.events, until=self.until, served_by=self.served_by)
        made_with = (("seed of the simulation", str(SEED)),)
        return replace(read, source=SOURCE, made_with=made_with)

    @cached_property
    def new_leavers(self) -> Lapsed:
        """Whom to contact next: who left in the last year, after all of the study's own, and is still away.

        Examples
        --------
        >>> load_telecom_study().new_leavers.frame["months_away"].round().max().item()
        12.0
        """
        return lost_lately(self.base, self.until, assumed.MONTHS_AWAY[1])

    @cached_property
    def trial(self) -> Trial:
        """The trial of the four offers, over the value window and not discounted unless asked `over` other terms.

        Examples
        --------
        >>> load_telecom_study().trial.arms
        ('discount', 'upgrade', 'bundle', 'tailored', 'none')
        """
        read = read_trial(self.lapsed, self.offers)
        made_with = (("seed of the simulation", str(SEED)),)
        caveat = assumed.CAVEAT.format(self.value_window, assumed.SECOND_VALUE_MONTHS)
        known = {
            "caveat": caveat,
            "built_in": assumed.BUILT_IN,
            "planted": {"cured": assumed.CURED},
            "scatter_assumed": True,
            "true_profits": self.true_profits(),
        }
        return replace(read, source=SOURCE, made_with=made_with, **known)

    def true_profits(self) -> pd.DataFrame:
        """Return what each customer in the trial would have earned under each offer and without one.

        Value within the value window less the offer's cost, in money, from the potential outcomes: no data of a
        company hold this. One row per eligible customer (index ``customer_id``), one column per arm.

        Examples
        --------
        >>> load_telecom_study().true_profits()[["discount", "none"]].mean().round(0).to_dict()
        {'discount': 363.0, 'none': 69.0}
        """
        return true_profits(self.lapsed, self.offers, self.truth.potential_outcomes, self.value_window)


@door
def load_telecom_study() -> TelecomStudy:
    """Return the telecom study, the default draw of `simulate_telecom_study`; the published figures hold exactly [1]_.

    References
    ----------
    .. [1] Kumar, V., Bhagwat, Y. & Zhang, X. (2016). Winning Back Lost Customers. Harvard Business Review, March.

    Examples
    --------
    >>> study = load_telecom_study()
    >>> study.lapsed.query("eligible").groupby("offer", observed=True)["returned"].mean().round(4).to_dict()
    {'discount': 0.45, 'upgrade': 0.41, 'bundle': 0.47, 'tailored': 0.45, 'none': 0.06}
    """
    return simulate_telecom_study()


@door
def simulate_telecom_study(
    n_customers: int = assumed.N_LEAVERS,
    *,
    calibrate: bool = True,
    deal_seekers: float = assumed.DEAL_SEEKERS,
    rng: int | np.random.Generator | None = SEED,
) -> TelecomStudy:
    """Simulate the telecom study.

    Parameters
    ----------
    n_customers : int
        Leavers; the groups keep their shares.
    calibrate : bool
        True: the published figures hold exactly in this very sample. False: the constants of the default study are
        used, so that acceptance and value vary from draw to draw as in a real trial. Use False to study estimators:
        calibrated draws vary too little.
    deal_seekers : float
        Share of acceptors who leave within two months of their offer's end.
    rng : int, Generator or None
        Seed or generator; None draws afresh.

    Raises
    ------
    ValueError
        When there are too few customers for the groups, or the share is outside [0, 1).

    Examples
    --------
    >>> study = simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> study.lapsed.shape[0], int(study.lapsed["eligible"].sum())
    (5300, 4500)
    """
    if not isinstance(n_customers, Integral) or not 530 <= n_customers <= MOST_CUSTOMERS:
        wanted = f"a whole number from 530, for every group, to {MOST_CUSTOMERS:,}"
        raise ValueError(f"n_customers must be {wanted}; got {n_customers!r}.")
    if not isinstance(deal_seekers, Real) or not 0 <= deal_seekers < 1:
        raise ValueError(f"deal_seekers must be a share from 0 to under 1; got {deal_seekers!r}.")
    streams = dict(zip(PARTS, np.random.default_rng(rng).spawn(len(PARTS)), strict=True))
    leavers = draw_leavers(n_customers, streams)
    groups = assign_groups(leavers, streams)
    hidden = draw_hidden(n_customers, deal_seekers, streams)
    constants = calibrate_constants(leavers, groups, hidden) if calibrate else _default_constants()
    leavers["first_margin"] = (constants.first_margin_scale * leavers["first_margin"]).round(2)
    outcomes = potential_outcomes(leavers, groups, hidden, constants)
    own = _under_own_arm(groups, outcomes)
    outcomes["second_reason"] = draw_second_reasons(leavers["reason"], own["second_tenure"], streams["second_reason"])
    lapsed = pd.concat([leavers, trial_columns(groups), _observed(leavers, own, outcomes)], axis=1)
    return TelecomStudy(
        lapsed=lapsed[[column.name for column in LAPSED if column.name in lapsed]],
        offers=assumed.telecom_offers(constants.value_window),
        value_window=constants.value_window,
        assumptions=assumed.assumptions_frame(),
        truth=TelecomTruth(_parameters(constants), outcomes, constants),
        company_seed=streams["company"].bit_generator.seed_seq,
    )


@cache
def _default_constants() -> Constants:
    return simulate_telecom_study().truth.constants


def _under_own_arm(groups: np.ndarray, outcomes: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return return, tenure and margin of each customer under the offer that was sent."""
    arm_of = np.where(groups == SET_ASIDE, "none", groups)
    figures = ("returned", "second_tenure", "second_margin")
    is_arm = [arm_of == arm for arm in ARMS]
    return {name: np.select(is_arm, [outcomes[f"{name}_{arm}"] for arm in ARMS]) for name in figures}


def _observed(leavers: pd.DataFrame, own: dict[str, np.ndarray], outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return what the company sees: the outcome under the offer sent, cut off at the end of the study."""
    returned, tenure = own["returned"].astype(bool), own["second_tenure"]
    followed = leavers["followed"].to_numpy()
    ended = pd.array(tenure <= followed, dtype="boolean")
    ended[~returned] = pd.NA
    return pd.DataFrame(
        {
            "returned": returned,
            "second_tenure": np.where(returned, np.minimum(tenure, followed), np.nan),
            "second_ended": ended,
            "second_margin": np.where(returned, own["second_margin"], np.nan),
            "second_reason": outcomes["second_reason"].where(returned & (tenure <= followed)),
        }
    )


def _parameters(constants: Constants) -> pd.DataFrame:
    returns, margins = (
        {f"intercept, {arm}": value for arm, value in by_arm.items()}
        for by_arm in (constants.return_intercepts, constants.margin_intercepts)
    )
    tenure = {"intercept": constants.tenure_intercept} | assumed.TENURE_EFFECTS | {"sd": assumed.SD_LOG_TENURE}
    pairs = {"return-tenure": assumed.RHO_RETURN_TENURE, "return-margin": assumed.RHO_RETURN_MARGIN}
    parts = {
        "reacquisition": returns | assumed.RETURN_EFFECTS,
        "tenure": tenure,
        "margin": margins | assumed.MARGIN_EFFECTS | {"sd": assumed.SD_MARGIN},
        "correlation": pairs | {"tenure-margin": assumed.RHO_TENURE_MARGIN},
    }
    rows = [(part, term, value) for part, terms in parts.items() for term, value in terms.items()]
    return pd.DataFrame(rows, columns=["equation", "term", "value"])
