"""A figura de um grafo na linguagem DOT: onde uma caixa vira tabela, uma seta ganha traço e um tema dá as cores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from micrograd_pt.drawing import palette
from micrograd_pt.drawing.addresses import addressed
from micrograd_pt.drawing.palette import Theme
from micrograd_pt.drawing.quoting import quoted, text_width
from micrograd_pt.drawing.sketch import Arrow, Box, BoxRow, Sketch
from micrograd_pt.drawing.summary import Band, Summary

if TYPE_CHECKING:
    from micrograd_pt.drawing.rendering import Figure

_NODE_SIZE, _ARROW_SIZE, _NOTE_SIZE = 11, 9, 10
_NOTE_LENGTH = 400


def figure_of_sketch(sketch: Sketch, theme: Theme, prefix: str) -> Figure:
    """A figura de um grafo.

    Args:
        sketch: o que se desenha.
        theme: as cores.
        prefix: o começo de cada `id`.
    """
    return _GraphDrawing(sketch, theme, prefix).figure


def figure_of_summary(summary: Summary, theme: Theme, prefix: str) -> Figure:
    """A figura do resumo de um grafo grande.

    Args:
        summary: o que se desenha.
        theme: as cores.
        prefix: o começo de cada `id`.
    """
    figure = _blank(summary.title, summary.notes, theme, prefix)
    for number, band in enumerate(summary.bands):
        figure.node(
            f"s{number}",
            _band_label(band, theme),
            fillcolor=getattr(theme, band.role),
            **addressed(prefix, f"band {band.role}", "band", number),
        )
    largest = max(summary.arrows.values(), default=1)
    for (source, target), count in summary.arrows.items():
        figure.edge(
            f"s{source}",
            f"s{target}",
            label=f"<{_raised(f'<TD>{count}</TD>')}>",
            penwidth=f"{0.8 + 2.2 * count / largest:.2f}",
            **addressed(prefix, "band-arrow", "band-arrow", source, target),
        )
    return figure


class _GraphDrawing:
    """Um desenho em andamento."""

    def __init__(self, sketch: Sketch, theme: Theme, prefix: str) -> None:
        self.sketch, self.theme, self.prefix = sketch, theme, prefix
        self.figure = _blank(sketch.title, sketch.notes, theme, prefix)
        if sketch.spread:
            self.figure.graph_attr["ranksep"] = "1.2"
        self.dims = sketch.emphasis is not None and sketch.emphasis.dims
        self.homes = {box.index: box.group for box in sketch.boxes}
        self.nested = {group.key for group in sketch.groups if group.parent}
        self._draw_group(self.figure, "")
        for arrow in sketch.arrows:
            self._draw_arrow(arrow)

    def _draw_group(self, inside: Figure, key: str) -> None:
        """As caixas de um grupo e os grupos dentro dele."""
        for box in self.sketch.boxes:
            if box.group == key:
                self._draw_box(inside, box)
        for arrow in self.sketch.arrows:
            if arrow.source is None and self.homes[arrow.target] == key:
                self._draw_constant(inside, arrow)
        for group in self.sketch.groups:
            if group.parent != key:
                continue
            with inside.subgraph(name=f"cluster_{group.key}") as cluster:
                nested = bool(group.parent)
                cluster.attr(
                    label=quoted(group.title),
                    style="rounded,dashed" if nested else "rounded,filled",
                    color=self.theme.neutral if nested else self.theme.group,
                    fontcolor=self.theme.neutral,
                    fontname=palette.FONT,
                    fontsize="11" if nested else "13",
                    penwidth="0.8",
                    margin="9",
                    labelloc="b" if nested else "t",  # onde menos setas passam
                    labeljust="r",
                    **addressed(self.prefix, "neuron-group" if nested else "layer-group", f"group-{group.key}"),
                )
                self._draw_group(cluster, group.key)

    def _draw_box(self, inside: Figure, box: Box) -> None:
        theme, strong = self.theme, self._is_strong(box.index)
        faint = self.dims and not strong
        fill = theme.output if "output" in box.role else theme.leaf if "leaf" in box.role else theme.operation
        inside.node(
            f"n{box.index}",
            _box_label(box, theme, faint, self.sketch.steady),
            fillcolor=theme.background if faint else fill,
            color=theme.accent if strong else theme.faint if faint else theme.outline,
            penwidth="3" if strong else "0.7" if faint else "1",
            peripheries="2" if "output" in box.role else "1",
            tooltip=quoted(box.name),
            **addressed(self.prefix, " ".join([*box.role, *(["strong"] if strong else [])]), "node", box.index),
        )
        titles = (("operation",) if box.symbol else ()) + ("name",)
        parts = [part for row in box.rows for part in (f"{row.kind}-title", row.kind)]
        self.figure.parts[f"{self.prefix}node-{box.index}"] = (*titles, *parts)

    def _draw_arrow(self, arrow: Arrow) -> None:
        """A seta de um uso de um nó ou de uma constante."""
        theme = self.theme
        strong = self._is_strong_arrow(arrow)
        faint = self.dims and not strong
        colour = theme.accent if strong else theme.faint if faint else theme.outline
        options = {"color": colour, "penwidth": "2.6" if strong else "0.6" if faint else "1"}
        options |= self._way_between_groups(arrow)
        if arrow.rows:
            options["label"] = _arrow_label(arrow, theme, faint, self.sketch.steady)
        elif arrow.order:
            options |= {"headlabel": arrow.order, "labeldistance": "1.6", "labelangle": "-28"}
            options["fontcolor"] = theme.faint if faint else theme.neutral
        if arrow.source is not None:
            # o que foi calculado segue em linha reta; folhas e constantes se arrumam em volta
            options["weight"] = "1" if arrow.from_leaf else "2"
            address = addressed(self.prefix, "use strong" if strong else "use", "edge", arrow.source, *_use(arrow))
            self.figure.edge(f"n{arrow.source}", f"n{arrow.target}", **options, **address)
            order = ("order",) if arrow.order and arrow.rows else ()
            self.figure.parts[address["id"]] = (*order, *[row.kind for row in arrow.rows])
            return
        options |= {"color": theme.faint, "penwidth": "0.7"}
        address = addressed(self.prefix, "constant-use", "constant-edge", *_use(arrow))
        self.figure.edge(_constant_name(arrow), f"n{arrow.target}", **options, **address)

    def _way_between_groups(self, arrow: Arrow) -> dict[str, str]:
        """Como uma seta entra num grupo ou sai dele, para que o que está escrito nela fique entre os dois."""
        home = self.homes[arrow.target]
        if arrow.source is None or self.homes[arrow.source] == home:
            return {}
        if not home:
            return {"minlen": "2"}
        if home in self.nested:  # num neurônio aberto, quem vem de fora fica antes do grupo
            return {"minlen": "3" if arrow.rows else "2"}
        return {"tailport": "e", "headport": "w"}  # num neurônio fechado se entra pelo lado, longe do título

    def _draw_constant(self, inside: Figure, arrow: Arrow) -> None:
        """Uma constante: um número pequeno, sem caixa."""
        inside.node(
            _constant_name(arrow),
            quoted(arrow.constant),
            shape="plaintext",
            style="",
            fontcolor=self.theme.faint if self.dims else self.theme.neutral,
            fontsize="10",
            margin="0.04,0.02",
            **addressed(self.prefix, "constant", "constant", *_use(arrow)),
        )

    def _is_strong(self, index: int) -> bool:
        return self.sketch.emphasis is not None and index in self.sketch.emphasis.nodes

    def _is_strong_arrow(self, arrow: Arrow) -> bool:
        if self.sketch.emphasis is None or arrow.source is None:
            return False
        return (arrow.source, arrow.user, arrow.position) in self.sketch.emphasis.arrows


def _blank(title: str, notes: Sequence[str], theme: Theme, prefix: str) -> Figure:
    """Uma figura sem nada, só com as notas embaixo."""
    from micrograd_pt.drawing.rendering import Figure

    caption = {}
    if notes:
        caption = {"label": "\\n" + "".join([f"{quoted(note, _NOTE_LENGTH)}\\n" for note in notes]), "labelloc": "b"}
    return Figure(
        "grafo",
        title=title,
        engine="dot",
        graph_attr={
            "rankdir": "LR",
            "pad": "0.15",
            "nodesep": "0.18",
            "ranksep": "0.45",
            "bgcolor": theme.background,
            "fontname": palette.FONT,
            "fontsize": str(_NOTE_SIZE),
            "fontcolor": theme.neutral,
            "id": f"{prefix}figure",
            **caption,
        },
        node_attr={
            "fontname": palette.FONT,
            "fontsize": str(_NODE_SIZE),
            "fontcolor": theme.text,
            "color": theme.outline,
            "shape": "box",
            "style": "rounded,filled",
            "margin": "0.06,0.03",
            "width": "0",
            "height": "0",
        },
        edge_attr={
            "fontname": palette.FONT,
            "fontsize": str(_ARROW_SIZE),
            "fontcolor": theme.neutral,
            "color": theme.outline,
            "arrowsize": "0.6",
        },
    )


def _constant_name(arrow: Arrow) -> str:
    return f"c{arrow.user}_{arrow.position}"


def _use(arrow: Arrow) -> tuple[int, int]:
    return arrow.user, arrow.position


def _box_label(box: Box, theme: Theme, faint: bool, steady: bool) -> str:
    """O rótulo, como tabela: à esquerda a operação, à direita o nome e, embaixo dele, os números."""
    ink, pale = (theme.faint, theme.faint) if faint else (theme.text, theme.neutral)
    symbol = ""
    if box.symbol:
        sign = f'<FONT POINT-SIZE="15" COLOR="{ink}">{quoted(box.symbol, 12)}</FONT>'
        symbol = f'<TD ROWSPAN="{len(box.rows) + 1}" CELLPADDING="5">{sign}</TD><VR/>'
    name = f'<TD ALIGN="LEFT"><FONT COLOR="{ink}"><B>{quoted(box.name)}</B></FONT></TD>'
    rows = "".join([_box_row(row, ink, pale, steady) for row in box.rows])
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2" COLOR="{pale}">'
    return f"<{table}<TR>{symbol}{name}</TR>{rows}</TABLE>>"


def _box_row(row: BoxRow, ink: str, pale: str, steady: bool) -> str:
    title = row.title or row.kind
    reserved = f' WIDTH="{text_width(f"{title} {row.text}", _NODE_SIZE) + 10:.0f}"' if steady else ""
    value = f'<FONT COLOR="{ink}">&#160;{quoted(row.text) if row.known else ""}</FONT>'
    return f'<TR><TD ALIGN="LEFT"{reserved}><FONT COLOR="{pale}">{quoted(title)}</FONT>{value}</TD></TR>'


def _arrow_label(arrow: Arrow, theme: Theme, faint: bool, steady: bool) -> str:
    """Os números de uma seta: um embaixo do outro, e lado a lado se o primeiro é o peso de um neurônio fechado."""
    cells: list[str] = []
    for row in arrow.rows:
        colour = theme.faint if faint else theme.flow if row.kind == "flow" else theme.neutral
        order = f"<FONT>{arrow.order}&#160;</FONT>" if arrow.order and not cells else ""
        width = text_width(f"{arrow.order} {row.text}" if order else row.text, _ARROW_SIZE) + 12
        reserved = f' WIDTH="{width:.0f}"' if steady else ""
        number = quoted(row.text) if row.known else "&#160;"
        cells.append(f'<TD{reserved}>{order}<FONT COLOR="{colour}">{number}</FONT></TD>')
    between = "</TR><TR>"
    return f"<{_raised(between.join(cells))}>"


def _raised(cells: str) -> str:
    """Uma tabela com espaço embaixo, para não encostar na seta."""
    gap = '<TR><TD HEIGHT="3" FIXEDSIZE="TRUE" WIDTH="1"></TD></TR>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{cells}</TR>{gap}</TABLE>'


def _band_label(band: Band, theme: Theme) -> str:
    lines = [f'<TR><TD ALIGN="LEFT"><B>{quoted(band.title, 60)}</B></TD></TR>']
    for line in band.lines:
        lines.append(f'<TR><TD ALIGN="LEFT"><FONT COLOR="{theme.neutral}">{quoted(line, 60)}</FONT></TD></TR>')
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(lines)}</TABLE>>'
