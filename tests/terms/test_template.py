"""Is the template TOML, does it say what is to be filled in, and is it the offers file once that is done?"""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb
from winback.terms.template import Template, template_text, unfilled

NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(names=st.lists(NAME, min_size=1, max_size=4, unique=True), label=NAME, column=NAME, has_horizon=st.booleans())
def test_whatever_names_a_table_has_the_template_is_toml(names, label, column, has_horizon):
    known = Template(tuple(names), control=(label,), columns={"value": column}, has_horizon=has_horizon)
    content = tomllib.loads(template_text(known))
    assert [row["name"] for row in content["offer"]] == names
    assert content["control"] == [label]
    assert content["columns"] == {"value": column}
    assert ("horizon_months" in content) is has_horizon


def test_what_is_unfilled_is_one_error_that_names_all_of_it(tmp_path):
    path = tmp_path / "offers.toml"
    path.write_text(template_text(Template(("call", "gift"), revenue="spend")))
    with pytest.raises(ValueError, match="not filled in yet") as error:
        wb.load_offers(path)
    assert str(error.value).splitlines()[1:] == [
        "  - At the top: horizon_months, annual_discount, margin_share.",
        "  - Offer 'call': amount, paid.",
        "  - Offer 'gift': amount, paid.",
    ]


def test_a_template_that_is_filled_in_is_the_offers_file(tmp_path):
    text = template_text(Template(("call",), control=("Gruppe B", ""), currency="€", remarks={"call": "9 customers"}))
    filled = text.replace('horizon_months = "?"', "horizon_months = 24").replace('"?"  # what is', "0.1  # what is")
    filled = filled.replace('amount = "?"', "amount_per_month = 5\nmonths = 3").replace(
        'paid = "?"', 'paid = "per_contact"'
    )
    path = tmp_path / "offers.toml"
    path.write_text(filled, encoding="utf-8")
    catalog = wb.load_offers(path)
    assert (catalog.currency, catalog.horizon_months, catalog.annual_discount) == ("€", 24, 0.1)
    assert catalog.control == ("Gruppe B", "")
    assert catalog["call"].full_cost == 15


def test_only_what_is_left_is_named():
    assert unfilled({}, [{"name": "call", "paid": "per_contact", "amount": 3}]) == []
    assert unfilled({}, [{"paid": "?"}]) == ["Offer 1: paid."]


@pytest.mark.parametrize("control", [3, [1], {"a": 1}])
def test_a_control_that_is_no_label_is_refused(tmp_path, control):
    import tomli_w

    offer = {"name": "call", "amount": 5, "paid": "per_contact"}
    (tmp_path / "offers.toml").write_text(tomli_w.dumps({"control": control, "offer": [offer]}))
    with pytest.raises(ValueError, match="control must be a list of labels"):
        wb.load_offers(tmp_path / "offers.toml")
