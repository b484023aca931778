"""What does a model of repeat churn say of customers? Who is cured, who leaves again when and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from winback.discounting import check_horizon
from winback.doors import door
from winback.labels import short_words
from winback.results import Result, Sentences
from winback.retention import repeat_churn_words
from winback.retention.early_leaving import EarlyLeaving, early_leaving
from winback.retention.found_moments import KeyMoments
from winback.retention.key_moments import key_moments
from winback.retention.long_enough import FollowUp
from winback.retention.moments import AGAIN
from winback.retention.repeat_churn_likelihood import Parts, left_for
from winback.retention.repeat_churn_outlook import Outlook, incidence_table
from winback.retention.repeat_churn_params import parameter_table
from winback.retention.repeat_churn_sample import ALL_CURED, CURED, Equations, Sample, first_reasons
from winback.retention.watch_list import WatchList, WatchTerms, watch_list
from winback.survival.goodness_of_fit import Test
from winback.survival.groups import months_and_ended, typed_lifetimes
from winback.tables import AnyTable, as_table
from winback.tables.headings import refuse_shared_names
from winback.terms.catalog import OfferCatalog
from winback.uncertainty import normal_interval

EVERYBODY = "all"


@dataclass(frozen=True, repr=False, eq=False)
class RepeatChurn(Result):
    r"""A fitted model of repeat churn, see `fit_repeat_churn`.

    Attributes
    ----------
    theta : numpy.ndarray, shape (p,)
        :math:`\gamma`; :math:`c_k`, log cumulative hazards at month 1; logs of the shapes; :math:`b`.
    covariance : numpy.ndarray, shape (p, p)
        From the observed information.
    state : str
        ``cured``: a share is cured. Or why none is shown: customers were not watched for long enough (``too short``),
        the best share is none or all (``nobody cured``, ``everybody cured``), or nobody left for a first reason again
        for which anybody else had left (``nothing to be cured of``).
    no_cure : Test
        Likelihood-ratio test against nobody being cured; it is cautious, since that is an edge.
    follow_up : FollowUp or None
        Whether customers were watched for long enough.
    """

    sample: Sample = field(repr=False)
    equations: Equations = field(repr=False)
    theta: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    state: str
    no_cure: Test
    follow_up: FollowUp | None
    log_likelihood: float
    level: float
    offers: OfferCatalog | None = field(default=None, repr=False)
    planted: Mapping[str, float] = field(
        default_factory=dict, repr=False
    )  # share cured by first reason, of a simulation
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("Left the first time", "text"),
        "n": ("Came back", "count"),
        "n_left": ("Left again", "count"),
        "n_again": ("For their first reason", "count"),
        "cured": ("Could not, by the model", "percent"),
        "planted": ("As planted", "percent"),
    }

    @property
    def n(self) -> int:
        """Customers who came back."""
        return len(self.sample.months)

    @property
    def n_ended(self) -> int:
        """How many of them left again."""
        return int((self.sample.cause >= 0).sum())

    @property
    def shows_cure(self) -> bool:
        """Whether chances to be cured are shown."""
        return self.state in (CURED, ALL_CURED)

    @property
    def reasons(self) -> tuple[str, ...]:
        """For which they left again, most frequent first."""
        return tuple(self.sample.cured_of.columns)

    @property
    def parts(self) -> Parts:
        """The parameters by what they are of."""
        return Parts.of(self.theta, len(self.equations.formula.names), len(self.reasons))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per first reason that can be cured, most frequent first, and one of ``all`` of them.

        ``reason``, ``in_words``, ``n`` who came back, ``n_left`` again, ``n_again`` for the same reason, ``cured``:
        share, missing where none is shown, with ``cured_low`` and ``cured_high``, ``planted``: that of a simulation.
        """
        first, can_be = self.sample.first, self.sample.can_be
        groups = {label: first == label for label in pd.Series(first[can_be]).value_counts().index}
        if len(groups) != 1:
            groups[EVERYBODY] = can_be if groups else np.ones(self.n, dtype=bool)
        z, _ = self.equations.numbers(self.sample.table, can_be)
        rows = []
        for name, members in groups.items():
            n_left, n_again = (each[members].sum() for each in (self.sample.cause >= 0, self.sample.again))
            words = "all of them" if name == EVERYBODY else short_words("reason", name)
            row = {"reason": name, "in_words": words, "n": members.sum(), "n_left": n_left, "n_again": n_again}
            row |= dict(zip(("cured", "cured_low", "cured_high"), self._cured(z[members]), strict=True))
            rows.append(row | {"planted": pd.Series(first[members]).map(self.planted).astype(float).mean()})
        return pd.DataFrame(rows)

    def _cured(self, z: np.ndarray) -> tuple[float, float, float]:
        """Return the share that is cured, with its interval, found on the scale of log odds."""
        if self.state != CURED:
            return (1.0 if self.state == ALL_CURED else np.nan, np.nan, np.nan)
        share, n_gamma = expit(z @ self.parts.gamma), z.shape[1]
        mean, slope = share.mean(), (share * (1 - share)) @ z / len(z)
        error = np.sqrt(slope @ self.covariance[:n_gamma, :n_gamma] @ slope) / (mean * (1 - mean))
        low, high = expit(normal_interval(logit(1 - mean), error, self.level))
        return float(1 - mean), float(low), float(high)

    @cached_property
    def params(self) -> pd.DataFrame:
        """Parameters: equation, term, in_words, estimate, std_error, z, p_value, low, high.

        The equation ``susceptible`` has log odds, ``all hazards`` log hazard ratios; every other one is a reason, with
        the ``scale`` (months after which 63% would have left, were it the only reason) and the ``shape`` of its Weibull
        hazard (below one: it falls), whose intervals are made on the log scale.
        """
        return parameter_table(self)

    @door
    def susceptible(self, lapsed: AnyTable) -> pd.DataFrame:
        """Return each returned customer's chance that they can still leave for their first reason.

        Parameters
        ----------
        lapsed : pandas.DataFrame, path or noun
            Returned customers with ``second_tenure``, ``second_ended``, ``second_reason`` and the formulas' columns;
            others are left out.

        Returns
        -------
        pandas.DataFrame
            ``customer_id``, ``on_return``: the chance when they came back; ``now``: given how long they have stayed,
            or why they left again. Missing where there is nothing to be cured of, or no share is shown.
        """
        table = typed_lifetimes(lapsed, "second")
        table = table[table["returned"].to_numpy(dtype=bool)].reset_index(drop=True)
        months, ended = months_and_ended(table, "second")
        outlook = self.outlook(table)
        now = outlook.still_susceptible(months)
        if "second_reason" in table:
            cause = pd.Index(self.reasons).get_indexer(table["second_reason"].astype(object).where(ended))
            now = np.where(left_for(outlook.blocked, cause), 1.0, now)
        shown = outlook.blocked.any(axis=1) & self.shows_cure
        chances = {name: np.where(shown, each, np.nan) for name, each in (("on_return", outlook.share), ("now", now))}
        return pd.DataFrame({"customer_id": table["customer_id"].to_numpy(), **chances})

    def outlook(self, table: pd.DataFrame) -> Outlook:
        """Return what the model says of customers with these columns."""
        blocked = self.sample.blocked_of(first_reasons(table))
        can_be = blocked.any(axis=1)
        z, x = self.equations.numbers(table, can_be)
        return Outlook(self.parts, np.where(can_be, expit(z @ self.parts.gamma), 1.0), x @ self.parts.beta, blocked)

    @door
    def predict(self, lapsed: AnyTable, horizon_months: float = 3.0, *, after_months: ArrayLike = 0.0) -> pd.DataFrame:
        """Return the chance of customers to leave again within so many months, and for what.

        Parameters
        ----------
        lapsed : pandas.DataFrame, path or noun
            Customers with ``reason`` and the columns of the formulas.
        horizon_months : float
            Counted from ``after_months`` on.
        after_months : array_like, shape () or (n,)
            How long they have been back and are still here.

        Returns
        -------
        pandas.DataFrame
            ``customer_id`` (where there is one), ``chance`` to leave, ``same`` of which for the first reason, and one
            column for each reason of `reasons`.
        """
        horizon, table = check_horizon(horizon_months), as_table(lapsed)
        refuse_shared_names(table, "table of customers")
        after = np.asarray(after_months, dtype=float)
        if after.ndim and after.shape != (len(table),):
            raise ValueError(f"after_months must be one number, or one for each of {len(table):,} customers.")
        if not (after >= 0).all():
            raise ValueError("after_months must be at least 0 for every customer.")
        outlook = self.outlook(table)
        left = outlook.left_between(np.broadcast_to(after, len(table)), horizon)
        columns = {"customer_id": table["customer_id"].to_numpy()} if "customer_id" in table else {}
        columns |= {"chance": left.sum(axis=1), "same": (left * outlook.blocked).sum(axis=1)}
        return pd.DataFrame({**columns, **dict(zip(self.reasons, left.T, strict=True))})

    @cached_property
    def incidence(self) -> pd.DataFrame:
        """Share that left again by month: ``reason``, ``months``, ``fitted``, ``observed``, ``low``, ``high``.

        Observed shares are Aalen-Johansen estimates.
        """
        return incidence_table(self)

    @door
    def watch_list(
        self,
        lapsed: AnyTable,
        *,
        newly_months: float = 3.0,
        within_months: float = 3.0,
        horizon_months: float = 12.0,
        share_prevented: float | None = None,
    ) -> WatchList:
        """Return the newly returned who are still here, with their chance of leaving soon and the value at risk.

        Parameters
        ----------
        lapsed : pandas.DataFrame, path or noun
            Lapsed customers with the columns of the formulas; with ``second_margin`` they are ranked by money. Leave in
            it those who have left again: chances are set right by them, and by the fit's customers with the same offer.
        newly_months : float
            How long ago they came back at most.
        within_months : float
            Leaving soon: within so many months from now.
        horizon_months : float
            From now on: a month of margin is at risk if they would have stayed on to here.
        share_prevented : float, optional
            Of these losses, by a call: then it is said what a call may cost at most.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
        >>> fit = wb.fit_repeat_churn(study.lapsed)
        >>> fit.watch_list(study.lapsed, newly_months=38).frame["reason"].tolist()
        ['service', 'service', 'service', 'service']
        """
        terms = WatchTerms(newly_months, within_months, horizon_months, share_prevented)
        return watch_list(self, lapsed, terms)

    @door
    def early_leaving(self, by: str | None = "offer") -> EarlyLeaving:
        """Compare how many leave in the first three months with how many leave later, but for their offer's end.

        Parameters
        ----------
        by : str, optional
            Column whose values make the groups; None: all together.
        """
        return early_leaving(self.sample, by, self.offers, at_end=self.ends_of_offers, level=self.level)

    def describe(self) -> Sentences:
        """Say how many left again, who could not by the model, and the doubt that matters most."""
        return Sentences.of(repeat_churn_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say for what the others leave again, how that was found, and who was left out."""
        return Sentences.of(repeat_churn_words.detail_lines(self))

    def beside_planted(self) -> Sentences:
        """Say of a simulation which shares were planted, and which of them intervals miss; nothing of other data."""
        return Sentences.of(repeat_churn_words.planted_lines(self))

    def what_to_do(self) -> Sentences:
        """Say whom to look after first, and when."""
        moments = filter(None, (self.early_leaving(None), self.ends_of_offers))
        said = (line for each in moments for line in each.what_to_do().splitlines())
        return Sentences.of([*repeat_churn_words.next_step(self), *said])

    @cached_property
    def ends_of_offers(self) -> KeyMoments | None:
        """How many leave again when their offer ends, see `key_moments`; None where no offer is known to end."""
        if self.offers is None or "offer" not in self.sample.table:
            return None
        try:
            return key_moments(self.sample.table, of=AGAIN, offers=self.offers, level=self.level)
        except ValueError:  # no offer they came back for runs for some months
            return None
