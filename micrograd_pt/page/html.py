"""O arquivo: HTML, CSS e JavaScript do pacote, com os dados de um grafo dentro, e uma política que não deixa mais nada.

A página não pede nada a ninguém: a sua `Content-Security-Policy` só deixa executar este texto, conferido pelo resumo
SHA-256 dele. Os dados são JSON num bloco que o navegador não executa, sem nenhum `<`: nada que um rótulo contenha pode
fechar o bloco.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape
from importlib import resources
from typing import Any

from micrograd_pt.words import LANGUAGES, sentence, writable

MODULES = (
    "functions",
    "graph",
    "numbers",
    "state",
    "language",
    "formulas",
    "steps",
    "mistakes",
    "storage",
    "figures",
    "plots",
    "training",
    "fields",
    "questions",
    "leaves",
    "samples",
    "panel",
    "handout",
    "main",
)
"""Os módulos JavaScript, cada um depois daqueles de que precisa."""

_FOR_THE_PAGE = ("page.", "lesson.if", "lesson.otherwise", "lesson.function.")


def assemble(
    contents: Mapping[str, Any], rules: str, figures: Mapping[str, str | None], lang: str, titles: Mapping[str, str]
) -> str:
    """A página inteira.

    Args:
        contents: os dados.
        rules: as regras da tabela, em JavaScript.
        figures: o SVG de cada figura, ou None onde ela falta: `"graph"` e `"network"`.
        lang: a língua em que a página abre.
        titles: o título em cada língua.
    """
    style = _read("style.css")
    script = script_source(rules)
    data = {**contents, "lang": lang, "titles": titles, "sentences": _sentences()}
    holes = {
        "lang": "pt-BR" if lang == "pt" else lang,
        "title": escape(titles[lang]),
        "noscript": escape(sentence("page.noscript", lang)),
        "policy": escape(_policy(script, style)),
        "style": style,
        "script": script,
        "data": _embedded(data),
        "graph": figures.get("graph") or "",
        "network": figures.get("network") or "",
    }
    return writable(re.sub(r"\{\{(\w+)\}\}", lambda hole: holes[hole[1]], _read("page.html")))


def script_source(rules: str) -> str:
    """Os módulos num texto só, com as regras no meio: sem `import` nem `export`, que só servem entre arquivos."""
    pieces = [_flat(_read(f"{name}.js")) for name in MODULES]
    return "\n".join([pieces[0], rules, *pieces[1:]])


def _flat(module: str) -> str:
    """O módulo sem `import`, `export` nem comentários de linha inteira."""
    module = re.sub(r"^import [^;]*;\n", "", module, flags=re.MULTILINE)
    module = re.sub(r"^[ \t]*/\*\*.*?\*/\n", "", module, flags=re.MULTILINE | re.DOTALL)
    module = re.sub(r"^[ \t]*//.*\n", "", module, flags=re.MULTILINE)
    return re.sub(r"^export ", "", module, flags=re.MULTILINE)


def _policy(script: str, style: str) -> str:
    """A política de segurança: só este script e este estilo, e nenhum pedido."""
    rules = [
        "default-src 'none'",
        f"script-src 'sha256-{_digest(script)}'",
        f"style-src 'sha256-{_digest(style)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: Mapping[str, Any]) -> str:
    """Os dados como JSON que não fecha o bloco em que está, e que se grava em UTF-8 seja qual for o rótulo."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _sentences() -> dict[str, dict[str, str]]:
    """As frases da página, nas duas línguas."""
    return {
        lang: {key: text for key, text in sentences.items() if key.startswith(_FOR_THE_PAGE)}
        for lang, sentences in LANGUAGES.items()
    }


def _read(name: str) -> str:
    return resources.files("micrograd_pt.page").joinpath("static", name).read_text(encoding="utf-8")
