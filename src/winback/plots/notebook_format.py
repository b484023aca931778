"""How are the figures of a notebook stored? As SVG and PNG, the same at every run, each with its text."""

from __future__ import annotations

from winback.plots.alt_text import describe_figures_of


def set_notebook_format() -> None:
    """Let the notebook this is called in store figures as SVG and PNG, the same at every run, with their texts."""
    import matplotlib as mpl
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    mpl.rcParams["svg.hashsalt"] = "winback"
    mpl.rcParams["text.usetex"] = False  # which settings of a machine may ask for
    # Letters as text, not as outlines: a third of the size, and they can be searched and copied.
    mpl.rcParams["svg.fonttype"] = "none"
    # The PNG stands in where SVG cannot be shown: as large as a figure is read there.
    set_matplotlib_formats("svg", "png", metadata={"Date": None}, bbox_inches="tight", dpi=72)
    describe_figures_of(InteractiveShell.instance())
