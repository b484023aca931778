"""How does *what if* stand in JupyterLab? Sliders of ipywidgets that ask the package for the whole comparison."""

from __future__ import annotations

from winback.in_html import html_table
from winback.results import Result

WIDE = {"width": "46em"}


def sliders_of(what_if: Result):
    """Return a box of sliders above the answer and the table of the comparison where they stand.

    Raises
    ------
    RuntimeError
        Where ipywidgets is not installed.
    """
    try:
        import ipywidgets
    except ModuleNotFoundError:
        raise RuntimeError("Sliders in JupyterLab need ipywidgets: pip install 'winback[widgets]'.") from None
    knobs = {
        slider.name: ipywidgets.SelectionSlider(
            options=[(text, place) for place, text in enumerate(slider.texts)],
            value=slider.start,
            description=slider.label,
            continuous_update=False,  # asked once, where the slider is let go
            style={"description_width": "18em"},
            layout=WIDE,
        )
        for slider in what_if.steps.sliders
    }
    shown = ipywidgets.HTML()

    def ask(_=None):
        moved = {
            slider.name: slider.values[knobs[slider.name].value]
            for slider in what_if.steps.sliders
            if knobs[slider.name].value != slider.start
        }
        found = what_if.at(**moved)
        shown.value = found.describe()._repr_html_() + html_table(found.first_table().frame)

    for knob in knobs.values():
        knob.observe(ask, names="value")
    ask()
    return ipywidgets.VBox([*knobs.values(), shown])
