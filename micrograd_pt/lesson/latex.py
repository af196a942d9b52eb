"""A lição como LaTeX: um trecho, que pede só o amsmath, e um artigo completo, que o pdflatex compila."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd_pt.lesson.outline import Section
from micrograd_pt.lesson.rows import AlignedRow, breadth, rows
from micrograd_pt.lesson.tex import TexWriter

_LINE = 84  # algarismos que cabem numa linha do artigo
_TOGETHER = 3  # linhas que ficam juntas no começo e no fim de um alinhamento
_BROKEN, _KEPT = "\\\\", "\\\\*"  # entre duas linhas: onde a página pode acabar, e onde não

_ARTICLE = r"""\documentclass[11pt,a4paper,fleqn]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage[utf8]{{inputenc}}
\IfFileExists{{lmodern.sty}}{{\usepackage{{lmodern}}}}{{}}
\usepackage[{babel}]{{babel}}
\usepackage{{amsmath}}
\usepackage[margin=2cm]{{geometry}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\mathindent}}{{0pt}}
\begin{{document}}

\begin{{center}}
  \LARGE\bfseries {title}
\end{{center}}

{body}
\end{{document}}
"""
_BABEL = {"pt": "brazil", "en": "english"}


def render_latex(sections: Sequence[Section], writer: TexWriter) -> str:
    """As seções como um trecho de LaTeX.

    Args:
        sections: o esboço.
        writer: quem escreve as fórmulas.
    """
    return "\n".join([_section(section, writer) for section in sections])


def article(title: str, fragment: str, lang: str) -> str:
    """Um trecho como artigo completo.

    Args:
        title: o título, um texto qualquer.
        fragment: o trecho.
        lang: a língua, para a hifenização.
    """
    return _ARTICLE.format(babel=_BABEL[lang], title=TexWriter().words(title), body=fragment)


def _section(section: Section, writer: TexWriter) -> str:
    """O título, o que se diz antes, e um alinhamento que pode continuar na página seguinte."""
    title = f"\\section*{{{writer.words(section.title)}}}\n\n" if section.title else ""
    intro = f"{writer.words(section.intro)}\n" if section.intro else ""
    if not section.lines:
        return title + intro
    widest = max([breadth(writer.formula(line.left)) for line in section.lines])
    limit = max(_LINE - widest - 3, _LINE // 2)
    lines = [f" {_KEPT}\n".join([_row(row, limit) for row in rows(line, writer, limit)]) for line in section.lines]
    # sem linha vazia entre a frase e o alinhamento: são um parágrafo só, que a página não separa
    return f"{title}{intro}{{\\allowdisplaybreaks\n\\begin{{align*}}\n{_stacked(lines)}\n\\end{{align*}}}}\n"


def _stacked(lines: Sequence[str]) -> str:
    """As linhas, uma embaixo da outra; nem as primeiras nem as últimas ficam sozinhas numa página."""
    body = lines[0]
    for place, line in enumerate(lines[1:], start=1):
        is_edge = place < _TOGETHER or place > len(lines) - _TOGETHER
        body += f" {_KEPT if is_edge else _BROKEN}\n{line}"
    return body


def _row(row: AlignedRow, limit: int) -> str:
    """Uma fileira; o que não se pôde cortar e não cabe vai num parágrafo, em que o TeX acha onde quebrar a linha."""
    right = row.right
    if breadth(right) > limit:
        right = f"\\parbox[t]{{{limit / _LINE:.2f}\\linewidth}}{{\\raggedright ${right}$}}"
    return f"  {row.left} &{row.sign} {right}"
