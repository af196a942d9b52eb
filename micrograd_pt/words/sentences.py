"""As frases que um leitor vê, uma lista por língua; o código as chama pelo nome e nunca as repete."""

from __future__ import annotations

from typing import Any

from micrograd_pt.words import en, pt

LANGUAGES: dict[str, dict[str, str]] = {"pt": pt.SENTENCES, "en": en.SENTENCES}


def sentence(key: str, lang: str = "pt", **values: Any) -> str:
    """A frase com esse nome, com os valores no lugar.

    Args:
        key: o nome da frase.
        lang: `"pt"` ou `"en"`.
        values: o que entra nas lacunas da frase.

    Raises:
        ValueError: língua desconhecida.
        KeyError: não há frase com esse nome.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"língua desconhecida: {lang!r}; as conhecidas são {', '.join(LANGUAGES)}")
    return LANGUAGES[lang][key].format(**values)
