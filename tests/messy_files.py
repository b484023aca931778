"""Files as analysts have them: a German shop's, and the table of an e-mail trial."""

import numpy as np
import pandas as pd

SHOP_OFFERS = """currency = "€"
[columns]
value = "Deckungsbeitrag"
[[offer]]
name = "Gutschein"
amount = 10
paid = "on_acceptance"
[[offer]]
name = "Anruf"
amount = 2.5
paid = "per_contact"
"""


def german(number):
    """Write an amount as a German program does."""
    return f"{number:,.2f} €".replace(",", "_").replace(".", ",").replace("_", ".")


def shop_rows(n=900, rng=3):
    """Return what a German shop knows of its lost customers and of a trial, as numbers."""
    rng = np.random.default_rng(rng)
    offer = np.array(["kein", "Gutschein", "Anruf"])[np.arange(n) % 3]
    back = rng.random(n) < np.select([offer == "kein", offer == "Gutschein"], [0.15, 0.35], 0.25)
    return pd.DataFrame(
        {
            "id": [f"{number:05d}" for number in range(1, n + 1)],
            "offer": offer,
            "back": back,
            "value": np.where(back, rng.gamma(2, 700, n).round(2), 0),
            "turnover": rng.gamma(3, 1200, n).round(2),
            "region": np.array(["Süd", "Nord", "Ost"])[rng.integers(0, 3, n)],
        }
    )


def german_shop(rows):
    """Return the same as a German shop's table writes it."""
    values = [german(value) if back else "" for value, back in zip(rows["value"], rows["back"], strict=True)]
    return pd.DataFrame(
        {
            "Kunden-Nr.": rows["id"],
            "Angebot": rows["offer"],
            "Zurückgewonnen": rows["back"].map({True: "ja", False: "nein"}),
            "Deckungsbeitrag": values,
            "Jahresumsatz": rows["turnover"].map(german),
            "Region": rows["region"],
        }
    )


def write_german_csv(rows, path):
    """Write the shop's table as its program exports it: Windows-1252, semicolons, a title, totals below."""
    table = german_shop(rows)
    lines = ["Rückgewinnung Frühjahr, Stand 30.06.2024", ""]
    lines += [";".join(table.columns), *(";".join(row) for row in table.to_numpy())]
    lines += [f"Summe;;;{german(rows['value'].sum())};;", ""]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def write_german_workbook(rows, path):
    """Write the shop's table as a workbook with a title row, all cells text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["Rückgewinnung Frühjahr"])
    sheet.append([])
    sheet.append(list(german_shop(rows).columns))
    for row in german_shop(rows).to_numpy():
        sheet.append([cell or None for cell in row])
    book.save(path)
    return path


MAIL_OFFERS = """currency = "$"
margin_share = 0.4
[columns]
value = "revenue"
[[offer]]
name = "ten percent off"
percent_of_value = 0.10
paid = "on_acceptance"
contact_cost = 0.02
[[offer]]
name = "call"
amount = 1
paid = "per_contact"
"""


def mail_rows(n=2_400, rng=9):
    """Return an e-mail trial as its sender exports it: opened, clicked, and revenue of those who bought."""
    rng = np.random.default_rng(rng)
    offer = np.array(["Holdout", "Ten Percent Off", "call "])[np.arange(n) % 3]
    sent = offer != "Holdout"
    opened = sent & (rng.random(n) < 0.4)
    clicked = opened & (rng.random(n) < 0.3)
    bought = rng.random(n) < np.where(sent, 0.14, 0.08) + 0.2 * clicked
    revenue = np.where(bought, rng.gamma(2, 40, n).round(2), 0.0)
    return pd.DataFrame(
        {
            "Customer ID": np.arange(n) + 40_000,
            "Offer": offer,
            "Came back": np.where(bought, "Yes", "No"),
            "revenue": revenue,
            "opened": opened.astype(int),
            "clicked": clicked.astype(int),
            "past_orders": rng.poisson(3, n),
        }
    )
