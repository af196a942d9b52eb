"""O SVG de uma figura como árvore: cada texto com a classe do que é, e um título para quem não vê a figura."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from micrograd_pt.words import writable

SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "http://www.w3.org/1999/xlink"
FONTS = "Helvetica,Arial,Liberation Sans,sans-serif"
"""A fonte e as que têm as suas medidas, para que nenhum texto invada o vizinho."""


def annotated(source: str, parts: Mapping[str, Sequence[str]], title: str) -> ET.Element:
    """A árvore de um SVG que o graphviz escreveu, com as classes dos textos e o título.

    Args:
        source: o SVG.
        parts: por `id`, o que é cada texto dessa parte, na ordem.
        title: do que é a figura.
    """
    root = ET.fromstring(source)
    for element in root.iter():
        if "font-family" in element.attrib:
            element.set("font-family", FONTS)
    for group in root.iter(f"{SVG}g"):
        for text, role in zip(group.iter(f"{SVG}text"), parts.get(group.get("id", ""), ()), strict=False):
            text.set("class", role)
    _without_inner_titles(root)
    root.set("role", "img")
    root.set("aria-label", title)
    heading = ET.Element(f"{SVG}title")
    heading.text = title
    root.insert(0, heading)
    return root


def written(root: ET.Element) -> str:
    """O SVG como texto, sem declaração XML."""
    ET.register_namespace("", SVG[1:-1])
    ET.register_namespace("xlink", _XLINK)
    return writable(ET.tostring(root, encoding="unicode"))


def size(root: ET.Element) -> tuple[float, float]:
    """A largura e a altura da figura, em pontos."""
    width, height = (float(re.sub("[^0-9.]", "", root.get(name, "0"))) for name in ("width", "height"))
    return width, height


def _without_inner_titles(root: ET.Element) -> None:
    """Tira os títulos que o graphviz dá a cada nó e seta, nomes internos que o navegador mostraria ao passar o rato."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}title":
                parent.remove(child)
