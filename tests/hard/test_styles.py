"""Is one trial the same trial in whatever style a program writes its table?"""

import itertools

import numpy as np
import pandas as pd
import pytest

import winback as wb

OFFERS = [
    wb.Offer(name="call", amount=2, paid="per_contact"),
    wb.Offer(name="Gutschein 10", amount=5, paid="on_acceptance"),
]
TERMS = {"horizon_months": 3, "annual_discount": 0.1, "until": "2024-12-31"}
WORDS = [
    ("yes", "no"),
    ("ja", "nein"),
    ("oui", "non"),
    ("sí", "no"),
    ("sim", "não"),
    ("ja", "nee"),
    ("tak", "nie"),
    ("1", "0"),
]
DAYS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S"]
NUMBERS = [("", "."), ("", ","), (".", ","), (",", "."), ("\u00a0", ","), ("'", ".")]
MONEY = ["{}", "{} €", "€{}", "EUR {}", "{} EUR"]
CONTROL = ["none", "None", "kein", "Holdout", "control group"]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]
IDS = ["{}", "{:07d}", "+49{:010d}", "2048177330955{:07d}", "K {:04d}"]


@pytest.fixture(scope="module")
def table():
    """Return 60 customers with dates and margins, as numbers."""
    rng = np.random.default_rng(5)
    n = 60
    offered = pd.Timestamp("2024-02-01") + pd.to_timedelta(rng.integers(0, 60, n), unit="D")
    back = np.arange(n) % 3 > 0
    returned = (offered + pd.to_timedelta(rng.integers(1, 60, n), unit="D")).where(back)
    ended = (returned + pd.to_timedelta(rng.integers(20, 400, n), unit="D")).where(rng.random(n) < 0.4)
    return pd.DataFrame(
        {
            "customer_id": range(1, n + 1),
            "offer": np.array(["none", "call", "Gutschein 10"])[np.arange(n) // 20],
            "offered_on": offered,
            "returned_on": returned,
            "ended_on": ended,
            "second_margin": (1000 * rng.random(n) + 900).round(2),
            "vip": rng.random(n) < 0.5,
        }
    )


def styles():
    """Name every style at least three times, in combinations drawn once."""
    rng = np.random.default_rng(11)
    lists = [WORDS, DAYS, NUMBERS, MONEY, CONTROL, ENCODINGS, IDS, [";", "\t", "|"], ["", "Export\n\n"]]
    shuffled = [[each[place] for place in rng.permutation(len(each))] for each in lists]
    return list(itertools.islice(zip(*map(itertools.cycle, shuffled), strict=False), 24))


def written(table, style):
    """Return the table's text in a style."""
    (yes, no), day, (thousands, decimal), money, control, _, name, separator, title = style

    def amount(number):
        plain = f"{number:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands)
        return money.format(plain)

    cells = table.assign(
        customer_id=table["customer_id"].map(name.format),
        offer=table["offer"].replace("none", control),
        second_margin=[
            amount(each) if back else ""
            for each, back in zip(table["second_margin"], table["returned_on"].notna(), strict=True)
        ],
        vip=table["vip"].map({True: yes, False: no}),
        **{each: table[each].dt.strftime(day).fillna("") for each in ("offered_on", "returned_on", "ended_on")},
    )
    return title + "\n".join([separator.join(cells.columns), *(separator.join(row) for row in cells.to_numpy())]) + "\n"


@pytest.mark.slow
@pytest.mark.parametrize("style", styles(), ids=lambda style: " ".join(map(str, style[1:6])).strip())
def test_the_style_of_a_table_changes_nothing(table, style, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(written(table, style).encode(style[5], errors="strict"))
    trial = wb.read_trial(path, OFFERS, currency="€", **TERMS)
    plain = table.assign(second_margin=table["second_margin"].where(table["returned_on"].notna()))
    expected = wb.read_trial(plain, OFFERS, currency="€", **TERMS)
    assert [str(each) for each in trial.lapsed["customer_id"]] == [
        style[6].format(each) for each in table["customer_id"]
    ]
    assert trial.arms == expected.arms
    np.testing.assert_allclose(trial.value, expected.value)
    np.testing.assert_allclose(trial.cost, expected.cost)
    assert trial.known == expected.known
    pd.testing.assert_frame_equal(trial.to_frame(), expected.to_frame())
