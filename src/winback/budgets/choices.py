"""What does every customer bring and cost under every offer, compared with no offer? Checked choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER, ProblemList, TableError, in_trial
from winback.terms.catalog import OfferCatalog, as_catalog
from winback.terms.organic import check_organic_value, organic_shares

TABLE = "customers x offers frame"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Checked choices of n customers among k offers.

    Attributes
    ----------
    customer_ids : pandas.Index
    offers : tuple of str
        Without ``none``.
    profits : numpy.ndarray, shape (n, k)
        Expected profit net of cost, in money.
    left_alone : numpy.ndarray, shape (n, 3)
        Expected profit without an offer at the low, middle and high organic return, in money; zero where gross.
    kind : {"incremental", "gross"}
    costs, chances : numpy.ndarray, shape (n, k), or None
        Expected cost in money; chance of return.
    chances_alone : numpy.ndarray, shape (n,)
        Chance of return without an offer; zero where gross.
    value_alone : float or None
        What one organic returner brings, in money; None where it is not stated or untreated customers are known.
    assumed : str
        How organic return was assumed, in words; empty where it was not.
    n_set_aside : int
        Customers left out because they were not eligible.
    currency : str
    """

    customer_ids: pd.Index
    offers: tuple[str, ...]
    profits: np.ndarray
    left_alone: np.ndarray
    kind: str
    costs: np.ndarray | None
    chances: np.ndarray | None
    chances_alone: np.ndarray
    value_alone: float | None
    knows_none: bool
    assumed: str
    n_set_aside: int
    currency: str

    @property
    def gains(self) -> np.ndarray:
        """What each offer adds to leaving the customer alone, (n, k); the gross profit where that is unknown."""
        return self.profits - self.left_alone[:, 1:2]


def read_choices(
    values,
    offers,
    problems: ProblemList,
    *,
    costs=None,
    chances=None,
    needs,
    organic,
    organic_value,
    customers,
    currency,
) -> Choices | None:
    """Read values, and costs or chances, into arrays; None when there are problems, which are then listed.

    Parameters are those of `allocate_budget` and `profit_share_frontier`; ``needs`` names what must be there: costs or
    chances.
    """
    from_model = hasattr(values, "net_values")
    profits = _as_frame(values.net_values if from_model else values, "values")
    catalog = as_catalog(offers) if offers is not None else values.catalog if from_model else None
    customers = values.customers if from_model and customers is None else customers
    names = tuple(name for name in profits if name != NO_OFFER)
    _check_frame(profits, names, problems)
    _check_known(names, catalog, problems)
    tables = {"profit": _numbers(profits, "profit", -np.inf, problems)}
    if needs == "costs":
        given = values.costs if from_model and costs is None else costs
        tables["cost"] = _read_beside(_costs_frame(given, profits, names, catalog, problems), profits, "cost", problems)
    else:
        given = values.chances if from_model and chances is None else chances
        if given is None:
            problems.add(
                "chances", "are needed: who is how likely to return under which offer", "Give a frame of them."
            )
        tables["chance"] = _read_beside(given, profits, "chance", problems)
    alone = _alone(tables, profits, *_assumed(catalog, profits, organic, organic_value), customers, problems)
    if problems.found:
        return None
    columns = [list(profits).index(name) for name in names]
    kept = in_trial(values.customers) if from_model else np.ones(len(profits), dtype=bool)
    if not kept.any():
        problems.add("values", "has no eligible customers", "Value customers who are eligible.")
        return None
    shown = currency or (catalog.currency if catalog is not None else getattr(values, "currency", "$"))
    picked = {name: None if table is None else table[kept][:, columns] for name, table in tables.items()}
    return Choices(
        customer_ids=profits.index[kept],
        offers=names,
        profits=picked["profit"],
        costs=picked.get("cost"),
        chances=picked.get("chance"),
        n_set_aside=int((~kept).sum()),
        currency=shown,
        left_alone=alone["left_alone"][kept],
        chances_alone=alone["chances_alone"][kept],
        **{name: alone[name] for name in ("kind", "value_alone", "knows_none", "assumed")},
    )


def _as_frame(table, name) -> pd.DataFrame:
    if not isinstance(table, pd.DataFrame):
        problems = ProblemList(TABLE, pd.DataFrame())
        problems.add(name, f"must be a pandas DataFrame, not {type(table).__name__}", "Rows customers, columns offers.")
        problems.raise_if_any()
    table = table.set_index("customer_id") if "customer_id" in table else table
    return table.set_axis(table.columns.map(str), axis=1)


def _check_frame(profits, names, problems) -> None:
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


def _check_known(names, catalog: OfferCatalog | None, problems) -> None:
    unknown = [name for name in names if catalog is not None and name not in catalog.names]
    if unknown:
        remedy = f"The offers are {', '.join(catalog.names)}."
        problems.add("values", f"has columns that are no offers: {', '.join(unknown)}", remedy)


def _numbers(frame, measure, least, problems, most=np.inf) -> np.ndarray:
    """Return the frame as an array, and list every cell that is no number within the bounds."""
    plain = all(isinstance(dtype, np.dtype) and dtype.kind in "fiu" for dtype in frame.dtypes)
    table = (frame if plain else frame.apply(pd.to_numeric, errors="coerce")).to_numpy(dtype=float, na_value=np.nan)
    bad = ~(np.isfinite(table) & (table >= least) & (table <= most))
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


def _costs_frame(given, profits, names, catalog, problems) -> pd.DataFrame | None:
    """Return costs as a frame of the shape of profits: as given, or those that are certain by contract."""
    if isinstance(given, pd.DataFrame):
        return given
    if given is not None and not isinstance(given, Mapping):
        problems.add("costs", f"must be a frame or map offers to money, not {type(given).__name__}", "Give either.")
        return None
    amounts = dict(given or {})
    if given is None and catalog is not None:
        amounts = {each.name: each.full_cost + each.contact_cost for each in catalog if each.paid == "per_contact"}
    missing = [name for name in names if name not in amounts]
    if missing:
        problems.add(
            "costs",
            f"of {', '.join(missing)} are not known; what an offer costs that is not paid per contact differs by "
            "customer",
            "Give costs: a frame of expected costs like that of profit, or a map from offers to money.",
        )
        return None
    if given is not None and (unknown := [str(name) for name in amounts if name not in profits]):
        problems.add("costs", f"name {', '.join(unknown)}, which are not in the frame", f"It has {', '.join(names)}.")
    return pd.DataFrame({name: amounts.get(name, 0.0) for name in profits}, index=profits.index)


def _read_beside(frame, profits, measure, problems) -> np.ndarray | None:
    """Return a second frame in the order of the first, or list how the two differ."""
    if frame is None:
        return None
    frame = _as_frame(frame, f"{measure}s")
    if measure == "cost" and NO_OFFER in profits and NO_OFFER not in frame:
        frame = frame.assign(**{NO_OFFER: 0.0})
    ours, theirs = set(profits), set(frame)
    if ours != theirs or frame.columns.has_duplicates:
        seen = f"{', '.join(sorted(theirs))}, not {', '.join(sorted(ours))}"
        problems.add(f"{measure}s", f"has the columns {seen}", "Give both frames the same columns.")
        return None
    if (
        frame.index.has_duplicates
        or profits.index.has_duplicates
        or len(frame.index.symmetric_difference(profits.index))
    ):
        strangers = frame.index.symmetric_difference(profits.index).map(str)
        first = f", first {strangers[0]}" if len(strangers) else ""
        said = f"has other customers than the frame of profit ({len(strangers):,} are in one only{first})"
        problems.add(f"{measure}s", said, "Give both frames one row for each of the same customers.")
        return None
    most = 1.0 if measure == "chance" else np.inf
    table = _numbers(frame.loc[profits.index, list(profits)], measure, 0.0, problems, most)
    if measure == "cost" and NO_OFFER in profits and table[:, list(profits).index(NO_OFFER)].any():
        problems.add(f"{measure}s", f"has money in the column {NO_OFFER}", "Leaving a customer alone costs nothing.")
    return table


def _assumed(catalog, profits, organic, organic_value) -> tuple:
    """Return organic return and its value as given, else as the catalog has them for values without ``none``."""
    if catalog is None or NO_OFFER in profits:
        return organic, organic_value
    value = catalog.organic_value if organic_value is None else organic_value
    return (catalog.organic if organic is None else organic), value


def _alone(tables, profits, organic, organic_value, customers, problems) -> dict:
    """Return what customers bring without an offer: as the frame has it, as assumed, or nothing at all."""
    n, knows = len(profits), NO_OFFER in profits
    found = {"left_alone": np.zeros((n, 3)), "chances_alone": np.zeros(n), "assumed": ""}
    found |= {"kind": "incremental" if knows else "gross", "value_alone": None, "knows_none": knows}
    try:
        check_organic_value(organic_value)
        if knows and (organic is not None or organic_value is not None):
            raise ValueError(f"is for frames without a column {NO_OFFER!r}; here that column shows it. Leave it out.")
        if organic is not None and organic_value is None:
            raise ValueError("needs organic_value: what one customer brings who returns without an offer, in money.")
        shares = None if organic is None else organic_shares(organic, _in_order(customers, profits, organic))
    except TableError as error:
        problems.found += error._problems
        return found
    except ValueError as error:
        column = "organic_value" if str(error).startswith("organic_value") else "organic"
        said = str(error).removeprefix(f"{column} ").removesuffix(".")
        remedy = "Organic return is a share, (low, high) or {column: {value: share}}; organic_value is money. Both may "
        problems.add(column, said, remedy + "stand in the offers file.")
        return found
    if knows:
        place = list(profits).index(NO_OFFER)
        found["left_alone"] = np.repeat(tables["profit"][:, place : place + 1], 3, axis=1)
        if tables.get("chance") is not None:
            found["chances_alone"] = tables["chance"][:, place]
        return found
    found["value_alone"] = organic_value
    if shares is not None:
        found |= {"left_alone": shares * organic_value, "chances_alone": shares[:, 1], "kind": "incremental"}
        found["assumed"] = _in_words(organic, shares)
    return found


def _in_order(customers, profits, organic) -> pd.DataFrame:
    """Return the customers' table in the order of the frame; without segments their ids will do."""
    if not isinstance(organic, Mapping):
        return profits.index.to_frame(index=False, name="customer_id")
    if not isinstance(customers, pd.DataFrame) or "customer_id" not in customers:
        raise ValueError("organic by segment needs customers=, a table with customer_id and the column of segments.")
    indexed = customers.set_index("customer_id", drop=False)
    if indexed.index.has_duplicates or not profits.index.isin(indexed.index).all():
        raise ValueError("organic by segment needs one row of customers= for each customer of the frame.")
    return indexed.loc[profits.index].reset_index(drop=True)


def _in_words(organic, shares) -> str:
    low, middle, high = shares.mean(axis=0)
    if isinstance(organic, Mapping):
        return f"an assumed organic return by {next(iter(organic))}, {middle:.1%} on average"
    return f"an assumed organic return of {low:.1%}" + ("" if low == high else f" to {high:.1%}")
