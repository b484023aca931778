"""What does every customer bring and cost under every offer, compared with no offer? Checked choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import NO_OFFER, ProblemList, as_table, in_trial
from winback.tables.foreign import is_foreign, to_pandas
from winback.tables.numbers import LARGEST, parse_number
from winback.terms.catalog import OfferCatalog, as_catalog
from winback.terms.left_alone import LeftAlone, problems_of_terms
from winback.trial.trial import Trial

TABLE = "customers x offers frame"
FAIR = {True: "a fair measure: the predictions were made from other customers"}
FAIR[False] = "a fair measure if the predictions were made from other customers"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Checked choices of n customers among k offers.

    Attributes
    ----------
    profits : numpy.ndarray, shape (n, k)
        Expected profit net of cost, in money.
    alone : LeftAlone
        What the customers bring without an offer.
    costs, chances : numpy.ndarray, shape (n, k), or None
        Expected cost in money; chance of return.
    trial : Trial or None
        Under whose terms the values were made; None: they came as a frame.
    """

    customer_ids: pd.Index
    offers: tuple[str, ...]  # without none
    profits: np.ndarray
    alone: LeftAlone
    costs: np.ndarray | None
    chances: np.ndarray | None
    n_set_aside: int  # customers left out because they were not eligible
    trial: Trial | None
    currency: str
    unseen: bool = False  # whether the values were predicted by a model of other customers

    @property
    def kind(self) -> str:
        """Whether gains are over leaving customers alone (incremental) or nothing is taken off (gross)."""
        return self.alone.kind

    @property
    def gains(self) -> np.ndarray:
        """What each offer adds to leaving the customer alone, (n, k); the gross profit where that is unknown."""
        return self.profits - self.alone.money[:, 1:2]


def read_choices(values, offers, customers, problems: ProblemList, *, needs: str, beside) -> Choices | None:
    """Read values, and costs or chances, into arrays; None when there are problems, which are then listed.

    ``values``, ``offers`` and ``customers`` are those of `allocate_budget`; ``needs`` names what else must be there:
    costs or chances, and ``beside`` has it, None where the values or the offers do.
    """
    trial = values.trial if isinstance(values, SecondLifetimeValues) else None
    if trial is not None:
        _refuse_other_terms(offers, customers, problems)
        offers, customers = trial.offers, values.customers
        beside = getattr(values, needs) if beside is None else beside
    profits = _as_frame(values.net_values if trial is not None else values, "values")
    catalog = None if offers is None else as_catalog(offers)
    names = tuple(name for name in profits if name != NO_OFFER)
    _check_frame(profits, names, catalog, problems)
    money = _numbers(profits, "profit", -np.inf, problems)
    found = _read_beside(needs, beside, profits, catalog, problems)
    chances = found if needs == "chances" else None
    alone = _alone(profits, money, chances, catalog, customers, problems=problems)
    if problems.found:
        return None
    kept = np.ones(len(profits), dtype=bool) if trial is None else in_trial(values.customers)
    if not kept.any():
        problems.add("values", "has no eligible customers", "Value customers who are eligible.")
        return None
    of_offers = np.ix_(kept, [list(profits).index(name) for name in names])
    money_of = {"profits": money[of_offers], "costs": None, "chances": None, needs: found[of_offers]}
    currency, n_set_aside = "$" if catalog is None else catalog.currency, int((~kept).sum())
    who = {"customer_ids": profits.index[kept], "offers": names, "n_set_aside": n_set_aside, "trial": trial}
    who |= {"unseen": trial is not None and values.unseen}
    return Choices(**who, **money_of, alone=alone.of(kept), currency=currency)


def _refuse_other_terms(offers, customers, problems) -> None:
    """Add what would change the terms of values that know theirs."""
    for name, given in (("offers", offers), ("customers", customers)):
        if given is not None:
            text = "are those of the trial that the values were made under"
            problems.add(name, text, "Leave them out, or make the values anew under trial.over(...).")


def _alone(profits, money, chances, catalog, customers, *, problems) -> LeftAlone | None:
    """Return what customers bring without an offer: as the frame has it, as its terms assume it, or nothing at all."""
    knows_none = NO_OFFER in profits
    if knows_none:
        place = list(profits).index(NO_OFFER)
        problems_of_terms(True, catalog, profits, problems)
        return LeftAlone.known(money[:, place], None if chances is None else chances[:, place])
    table = profits.index.to_frame(index=False, name="customer_id")
    if catalog is not None and isinstance(catalog.organic, Mapping):
        table = _in_order(customers, profits, problems)
        if table is None:
            return None
    problems_of_terms(False, catalog, table, problems)
    return None if problems.found else LeftAlone.stated(catalog, table)


def _in_order(customers, profits, problems) -> pd.DataFrame | None:
    """Return the customers' table in the order of the frame, or list why it has no segment for each of them."""
    customers = None if customers is None else as_table(customers)
    if not isinstance(customers, pd.DataFrame) or "customer_id" not in customers:
        text = "by segment needs customers=, a table with customer_id and the column of segments"
        problems.add("organic", text, "Give it, or one share for all.")
        return None
    indexed = customers.set_axis(_ids_of(customers))
    if indexed.index.has_duplicates or not profits.index.isin(indexed.index).all():
        text = "by segment needs one row of customers= for each customer of the frame"
        problems.add("organic", text, "Drop the rows that are there twice, add those that are missing.")
        return None
    return indexed.loc[profits.index].reset_index(drop=True)


def _ids_of(table: pd.DataFrame) -> pd.Index:
    return pd.Index(table["customer_id"].to_numpy(), name="customer_id")  # dates among other ids make pandas warn


def _as_frame(table, name) -> pd.DataFrame:
    table = to_pandas(table) if is_foreign(table) else table
    if not isinstance(table, pd.DataFrame):
        problems = ProblemList(TABLE, pd.DataFrame())
        problems.add(name, f"must be a pandas DataFrame, not {type(table).__name__}", "Rows customers, columns offers.")
        problems.raise_if_any()
    if "customer_id" in table:
        table = table.set_axis(_ids_of(table)).drop(columns="customer_id")
    if table.index.nlevels > 1:
        problems = ProblemList(TABLE, pd.DataFrame())
        problems.add(name, f"has {table.index.nlevels} names for each row", "Name each customer once: one index.")
        problems.raise_if_any()
    return table.set_axis([str(name) for name in table.columns], axis=1)


def _check_frame(profits, names, catalog: OfferCatalog | None, problems) -> None:
    if len(profits) == 0 or not names:
        problems.add("values", "has nothing to choose from: no rows, or no column of an offer", "Give at least one.")
    twice = sorted({name for name in profits if list(profits).count(name) > 1})
    if twice:
        problems.add("values", f"has two columns {', '.join(twice)}", "Keep one of each.")
        problems.raise_if_any()
    ids = profits.index.to_frame(index=False, name="customer_id")
    listed = ProblemList(problems.table, ids)
    listed.add_rows("customer_id", ids["customer_id"].duplicated().to_numpy(), "is there twice", "Keep one row each.")
    listed.add_rows("customer_id", ids["customer_id"].isna().to_numpy(), "is missing", "Name every customer.")
    problems.found += listed.found
    unknown = [name for name in names if catalog is not None and name not in catalog.names]
    if unknown:
        remedy = f"The offers are {', '.join(catalog.names)}."
        problems.add("values", f"has columns that are no offers: {', '.join(unknown)}", remedy)


def _numbers(frame, measure, least, problems, most=np.inf) -> np.ndarray:
    """Return the frame as an array, and list every cell that is no number within the bounds."""
    plain = all(isinstance(dtype, np.dtype) and dtype.kind in "fiu" for dtype in frame.dtypes)
    numbers = frame if plain else frame.apply(lambda column: parse_number(column).column)
    table = numbers.to_numpy(dtype=float, na_value=np.nan)
    bad = ~((np.abs(table) <= LARGEST) & (table >= least) & (table <= most))
    if not bad.any():
        return table
    shown = frame.set_axis([f"{measure} of {offer}" for offer in frame], axis=1)
    shown.insert(0, "customer_id", frame.index)
    listed = ProblemList(problems.table, shown)
    limits = "" if least == -np.inf else f" of at least {least:g}" if most == np.inf else f" from {least:g} to {most:g}"
    for place, name in enumerate(shown.columns[1:]):
        listed.add_rows(name, bad[:, place], f"must be a number{limits}", "Correct it, or leave the customer out.")
    problems.found += listed.found
    return table


def _costs_frame(given, profits, catalog, problems) -> pd.DataFrame | None:
    """Return costs as a frame of the shape of profits: as given, or those that are certain by contract."""
    names = [name for name in profits if name != NO_OFFER]
    if isinstance(given, pd.DataFrame):
        return given
    if given is not None and not isinstance(given, Mapping):
        problems.add("costs", f"must be a frame or map offers to money, not {type(given).__name__}", "Give either.")
        return None
    by_step = catalog is not None and catalog.contact_costs is not None  # then contacts differ by customer
    certain = [each for each in catalog or () if each.paid == "per_contact" and not by_step]
    amounts = {each.name: each.full_cost + each.contact_cost for each in certain} if given is None else given
    missing = [name for name in names if name not in amounts]
    if missing:
        of_which = "whose contacts are costed step by step" if by_step else "that is not paid per contact"
        fault = f"are not known; what an offer costs {of_which} differs by customer"
        remedy = "Give costs: a frame of expected costs like that of profit, or a map from offers to money."
        problems.add("costs", f"of {', '.join(missing)} {fault}", remedy)
        return None
    if listed := [str(name) for name, each in amounts.items() if pd.api.types.is_list_like(each)]:
        problems.add("costs", f"of {', '.join(listed)} must be one number each", "What differs by customer is a frame.")
        return None
    if given is not None and (unknown := [str(name) for name in amounts if name not in profits]):
        problems.add("costs", f"name {', '.join(unknown)}, which are not in the frame", f"It has {', '.join(names)}.")
    return pd.DataFrame({name: amounts.get(name, 0.0) for name in profits}, index=profits.index)


def _read_beside(needs, given, profits, catalog, problems) -> np.ndarray | None:
    """Return costs or chances in the order of the profits, or list what is missing or how the two differ."""
    are_costs, with_none = needs == "costs", NO_OFFER in profits
    if given is None and not are_costs:
        problems.add(needs, "are needed: who is how likely to return under which offer", "Give a frame of them.")
    frame = _costs_frame(given, profits, catalog, problems) if are_costs else given
    if frame is None:
        return None
    frame = _as_frame(frame, needs)
    if are_costs and with_none and NO_OFFER not in frame:
        frame = frame.assign(**{NO_OFFER: 0.0})
    ours, theirs = set(profits), set(frame)
    if ours != theirs or frame.columns.has_duplicates:
        seen = f"{', '.join(sorted(theirs))}, not {', '.join(sorted(ours))}"
        problems.add(needs, f"has the columns {seen}", "Give both frames the same columns.")
        return None
    strangers = frame.index.symmetric_difference(profits.index, sort=False).map(str)
    if frame.index.has_duplicates or profits.index.has_duplicates or len(strangers):
        first = f", first {strangers[0]}" if len(strangers) else ""
        said = f"has other customers than the frame of profit ({len(strangers):,} are in one only{first})"
        problems.add(needs, said, "Give both frames one row for each of the same customers.")
        return None
    table = _numbers(frame.loc[profits.index, list(profits)], needs[:-1], 0.0, problems, np.inf if are_costs else 1.0)
    if are_costs and with_none and table[:, list(profits).index(NO_OFFER)].any():
        problems.add(needs, f"has money in the column {NO_OFFER}", "Leaving a customer alone costs nothing.")
    return table
