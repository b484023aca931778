"""Which line of what is no TOML is to be written how? Nothing is said of lines that are TOML."""

import pytest

from winback.tables.toml_files import how_to_write, read_toml


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("cost = 4,50", "write cost = 4.50, with a point."),
        ("cost = 4,50 €  # each", "write cost = 4.50, with a point."),
        ("cost = $4", "write cost = 4, as a bare number."),
        ("cost = 4.50 EUR", "write cost = 4.50, as a bare number."),
        ("name = call soon", 'write name = "call soon", with quotation marks.'),
        ("name = véronique", 'write name = "véronique", with quotation marks.'),
        ("agents = [ Ann, Ben Roe, ]  # two", 'write agents = ["Ann", "Ben Roe"], with quotation marks.'),
    ],
)
def test_a_line_that_people_write_is_told_as_toml_writes_it(line, said):
    assert how_to_write(f'a = 1\n\n{line}\nb = "x') == f"Line 3: {said}"


@pytest.mark.parametrize(
    "line", ["a = 1.5", "a = true # b", "a = [1, 2]", 'a = "4,50"', "a = 2026-01-02", "# a = 4,50"]
)
def test_lines_that_are_toml_are_left_alone(line):
    assert how_to_write(line) == ""


def test_bytes_that_are_no_text_are_refused_with_the_remedy(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"^own\.toml is not a TOML file: .* Export it again\.$"):
        read_toml(path, "Export it again.")
