"""How does a notebook's figure stand on a page? As wide as its window allows, in words for who cannot see it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from winback.in_svg import inline
from winback.kernel import SVG

if TYPE_CHECKING:
    from nbformat import NotebookNode

PNG = "image/png"
PIXELS = 4 / 3  # of a point
LARGER = 1.25  # than drawn, where there is room: figures are drawn for phones


def figure_html(output: NotebookNode, name: str, otherwise: str) -> str:
    """Return the figure of an output as HTML, or nothing if it has none.

    ``name`` begins the ids within it; ``otherwise`` describes it where the notebook does not.
    """
    kind = next((kind for kind in (SVG, PNG) if kind in output.data), None)
    if kind is None:
        return ""
    said = output.metadata.get(kind, {}).get("alt") or output.metadata.get("alt")
    if kind == PNG:
        data = output.data[PNG].strip()
        return f'<figure><img alt="{html.escape(said or otherwise)}" src="data:{PNG};base64,{data}"></figure>'
    svg = output.data[SVG]
    inside = re.search(r'<svg\b[^>]*? aria-label="([^"]*)"', svg)
    label = said or (html.unescape(inside[1]) if inside else otherwise)
    svg = re.sub(r' (?:role|aria-label)="[^"]*"', "", svg, count=2) if inside else svg
    width = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+)', svg)
    style = f' style="max-width: {float(width[1]) * PIXELS * LARGER:.0f}px"' if width else ""
    return f"<figure{style}>{inline(svg, label, name)}</figure>"
