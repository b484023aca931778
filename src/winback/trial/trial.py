"""What was offered to whom, what came of it, and on which terms is it valued? `Trial`, one of winback's two nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar, Unpack

import numpy as np
import pandas as pd

from winback.clusters import cluster_codes
from winback.doors import door
from winback.provenance import Provenance, sha256_of
from winback.results import Result, Sentences, counted
from winback.tables import LAPSED_TABLE, NO_OFFER, in_trial
from winback.tables.no_contact import without_marks
from winback.tables.reading import NO_OTHERS, OtherContacts
from winback.terms.catalog import OfferCatalog
from winback.terms.organic import organic_shares
from winback.trial import trial_words
from winback.trial.balance import known_beforehand
from winback.trial.chances import estimated_chance, other_chance, own_probability
from winback.trial.covariates import covariates_used, standardised
from winback.trial.design_checks import DesignReport, check_typed_design
from winback.trial.follow_up import FollowUp, follow_up_of
from winback.trial.group_moments import group_moments
from winback.trial.late_columns import measured_after_the_offer
from winback.trial.moments import ArmMoments, pooled, stack_arms
from winback.trial.outcomes import Groups, check_value_terms, customers_contact_costs, trial_groups, trial_money
from winback.trial.predictions import check_model, deal_folds
from winback.trial.trial_terms import ASSIGNMENTS, THAT_REVALUE, TrialTerms, terms_apart


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Trial(Result):
    """A trial of offers, read and checked once, with the terms that give its figures meaning; see `read_trial`.

    ``over`` gives the same trial under other terms. Arrays have shape (n,), in the order of ``customers``.
    """

    lapsed: pd.DataFrame = field(repr=False)  # checked table of all lapsed customers, also those who are not compared
    offers: OfferCatalog  # with the terms that hold: currency, horizon, discount rate, assumed organic return
    source: str = "a table"  # where the customers come from
    planned_shares: Mapping[str, float] | None = None
    cluster: str = "cluster"  # what customers of one cluster share, in words
    covariates_asked: tuple[str, ...] | None = None
    model: object = "linear"
    assignment: str = "known"
    made_with: tuple[tuple[str, str], ...] = ()  # what else a reader needs to make the table again
    reading: tuple[str, ...] = ()  # what was taken for what when the table was read
    other_contacts: OtherContacts = field(default=NO_OTHERS, repr=False)  # of rows that do not count
    doubts: tuple[str, ...] = ()  # what may not be what it was taken for
    overruled: tuple[str, ...] = ()  # terms of the offers that others took the place of when the trial was read
    caveat: str = ""  # what a reader must know of the data
    scatter_assumed: bool = False  # how far value scatters between customers was assumed and not measured
    built_in: Mapping[str, str] = field(default_factory=dict, repr=False)  # what a simulation planted, in words
    planted: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)  # and in figures
    true_profits: pd.DataFrame | None = field(default=None, repr=False)  # (n, offers), known of simulations only
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "returned": ("Came back", "percent"),
    }
    profit = property(lambda self: self.value - self.cost, doc="Value less cost of each customer.")
    horizon_months = property(
        lambda self: self.offers.horizon_months, doc="Months over which a second lifetime is valued; None for `value`."
    )
    annual_discount = property(
        lambda self: self.offers.annual_discount, doc="Discount rate a year as a share; None for `value`."
    )
    organic = property(lambda self: self.offers.organic, doc="Share assumed to return without an offer, or None.")
    contact_costs = property(lambda self: self.offers.contact_costs, doc="What says what contacts cost, or None.")
    adjust = property(
        lambda self: self.offers.adjust or (), doc="Columns that figures are declared to be adjusted for."
    )
    terms_in_words = property(lambda self: self.offers.terms_in_words, doc="What decides a customer's worth, in words.")
    currency = property(lambda self: self.offers.currency, doc="Sign or code put before money.")

    def __post_init__(self):
        if self.assignment not in ASSIGNMENTS:
            raise ValueError(f"assignment must be {' or '.join(ASSIGNMENTS)}; got {self.assignment!r}.")
        check_model(self.model)
        check_value_terms(self.lapsed, self.offers)
        if self.organic is not None and self.has_control:
            raise ValueError(
                "organic is for tables without a control group; here the untreated show it. Leave it out, also "
                "of the offers file."
            )
        if self.organic is not None:
            organic_shares(self.organic, self.customers)  # refuses customers without a share

    @door
    def over(self, **terms: Unpack[TrialTerms]) -> Trial:
        """Return the same trial under other terms, those of `winback.read_trial`; what is not named stays.

        ``contact_costs``, a playbook or another object with ``contact_costs(customers)``, says what the contacts with
        each customer who was sent an offer cost, in place of the offers' and the table's own; None: they hold again.

        Examples
        --------
        >>> import winback as wb
        >>> wb.load_telecom_study().trial.over(horizon_months=12).horizon_months
        12.0
        """
        own, common = terms_apart(terms)
        true_profits = None if set(THAT_REVALUE) & set(terms) else self.true_profits  # true under one set of terms
        return replace(self, offers=replace(self.offers, **common), true_profits=true_profits, **own)

    @door
    def part(self, rows: np.ndarray) -> Trial:
        """Return the trial of some of the lapsed customers, given by position or as a mask, under the same terms."""
        return replace(self, lapsed=self.lapsed[rows] if np.asarray(rows).dtype == bool else self.lapsed.iloc[rows])

    @door
    def table_of(self, kind: str) -> pd.DataFrame:
        """Return the table of lapsed customers, for functions that take such a table."""
        if kind != LAPSED_TABLE:
            raise ValueError(f"A trial has a {LAPSED_TABLE}, and no {kind}.")
        return self.lapsed

    @cached_property
    def provenance(self) -> Provenance:
        """Data with their hash, seeds and versions."""
        return Provenance.of(self.source, len(self.lapsed), sha256_of(self.lapsed), self.made_with)

    @cached_property
    def design(self) -> DesignReport:
        """Whether the trial can be read, check by check."""
        return check_typed_design(
            self.lapsed, self.offers, self.planned_shares, self.cluster, reading=self.reading, doubts=self.doubts
        )

    @cached_property
    def groups(self) -> Groups:
        """Each lapsed customer's group, also of untreated ones who are not compared."""
        return trial_groups(self.lapsed, self.offers)

    @cached_property
    def follow_up(self) -> FollowUp:
        """Whether all who returned were followed equally long, and who else was followed as each customer was."""
        return follow_up_of(self.lapsed, self.offers.horizon_months)

    @cached_property
    def money(self) -> tuple[np.ndarray, np.ndarray]:
        """What each lapsed customer brought, and cost; refused where the horizon reaches beyond the data."""
        return trial_money(self.lapsed, self.offers, self.groups, self.follow_up.alike)

    @cached_property
    def kept(self) -> np.ndarray:
        """Who is in the trial, (n_lapsed,): the promising; the untreated only where they are a random control group.

        Untreated ones who differ from the others stay where each customer's own chance makes up for it: recorded
        chances that differ within a group, or estimated ones.
        """
        kept = self.groups.arm >= 0
        weighed = self.assignment == "estimated" or other_chance(self.lapsed, self.groups.arm).any()
        if NO_OFFER in self.groups.arms and self.design.control != "accepted" and not weighed:
            kept &= self.groups.arm != self.groups.arms.index(NO_OFFER)
        return kept

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The customers in the trial, one row each."""
        return self.lapsed[self.kept].reset_index(drop=True)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """The offers that were sent, in the catalog's order, then ``none`` where there is a control group."""
        arm = self.groups.arm[self.kept]
        return tuple(name for place, name in enumerate(self.groups.arms) if (arm == place).any())  # none comes last

    @cached_property
    def arm(self) -> np.ndarray:
        """Each customer's position in ``arms``."""
        return self.groups.arm[self.kept]

    @cached_property
    def returned(self) -> np.ndarray:
        """Who came back."""
        return self.customers["returned"].to_numpy(dtype=bool)

    @cached_property
    def value(self) -> np.ndarray:
        """Money that each customer brought within the horizon."""
        return self.money[0][self.kept]

    @cached_property
    def cost(self) -> np.ndarray:
        """Money that each customer's offer cost, its contacts included."""
        return self.money[1][self.kept]

    @cached_property
    def contact_cost(self) -> np.ndarray:
        """Money that the contacts with each customer cost beyond the offers' own contact cost; part of ``cost``."""
        return customers_contact_costs(self.lapsed, self.offers, self.groups)[self.kept]

    @cached_property
    def probability(self) -> np.ndarray:
        """Known or planned chance of the arm that each customer is in."""
        whole = len(self.arms) == len(self.groups.arms)
        return own_probability(self.customers, self.arm, len(self.arms), whole)

    @cached_property
    def clusters(self) -> np.ndarray | None:
        """Each customer's cluster as a number, (n,), see `winback.clusters`; None where all are independent."""
        return cluster_codes(self.customers["cluster"]) if "cluster" in self.customers else None

    def folds(self, n_folds: int, rng: np.random.Generator) -> np.ndarray:
        """Return each customer's fold, dealt at random, clusters whole, shape (n,)."""
        return deal_folds(self.arm, n_folds, rng, clusters=self.clusters)

    def chance(self, folds: np.ndarray) -> np.ndarray:
        """Return each customer's chance of the arm they are in, known or estimated from other folds, shape (n,)."""
        if self.assignment == "known":
            return self.probability
        return estimated_chance(self.customers, self.matrix, self.arm, folds)

    @cached_property
    def covariates(self) -> tuple[str, ...]:
        """Columns from which outcomes are predicted."""
        return covariates_used(self.customers, self.covariates_asked, np.bincount(self.arm), self.late)

    @property
    def n_left_out(self) -> int:
        """Lapsed customers who are not compared: judged not promising, or untreated but no random control group."""
        return int((~self.kept).sum())

    @property
    def n_not_promising(self) -> int:
        """Those of them who were judged not promising beforehand."""
        return int((~in_trial(self.lapsed)).sum())

    @property
    def sent(self) -> tuple[str, ...]:
        """Names of the offers that were sent, without ``none``."""
        return tuple(name for name in self.arms if name != NO_OFFER)

    @property
    def has_control(self) -> bool:
        """Whether a group without an offer is compared."""
        return NO_OFFER in self.arms

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen for a customer: the arms, and no offer where its outcome is known or assumed."""
        return self.arms if self.organic is None else (*self.arms, NO_OFFER)

    @property
    def known(self) -> tuple[str, ...]:
        """Columns known of a customer before an offer, by which policies may tell customers apart."""
        names = without_marks(known_beforehand(self.customers))
        return tuple(name for name in names if name not in (*self.late, "followed"))

    @cached_property
    def late(self) -> tuple[str, ...]:
        """Columns that seem to have been recorded after the offer."""
        return tuple(measured_after_the_offer(self.lapsed[in_trial(self.lapsed)]))

    @cached_property
    def matrix(self) -> np.ndarray:
        """The covariates as numbers, each centred and with spread 1, shape (n, p)."""
        return standardised(self.customers, self.covariates)

    @cached_property
    def moments(self) -> Mapping[str, ArmMoments]:
        """Moments of return, value and cost of every group, also of untreated ones who are not compared."""
        return group_moments(self.lapsed, self.groups.arms, self.groups.arm, self.money)

    @cached_property
    def pooled_moments(self) -> ArmMoments:
        """Moments within the groups of all customers together, from which skewness is read."""
        return pooled(stack_arms([self.moments[name] for name in self.arms]))

    @property
    def terms(self) -> tuple:
        """Horizon, discount rate, currency and what is assumed: figures under the same terms may be compared."""
        return self.horizon_months, self.annual_discount, self.currency, self.organic, self.offers.organic_value

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a page."""
        return Sentences(
            f"{self.source}: {counted(len(self.lapsed), 'customers')}, {counted(len(self.offers), 'offers')}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm: ``offer``, ``n`` customers, share ``returned``."""
        n = np.bincount(self.arm, minlength=len(self.arms))
        returned = np.bincount(self.arm, weights=self.returned, minlength=len(self.arms)) / n
        return pd.DataFrame({"offer": self.arms, "n": n, "returned": returned})

    def describe(self) -> Sentences:
        """Say who is compared, on which terms, and what speaks against the trial."""
        return Sentences.of(trial_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say which terms of the offers do not hold, and what else the checks of the design found."""
        return Sentences.of(trial_words.detail_lines(self))
