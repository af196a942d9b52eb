"""Por que um arquivo não pôde ser gravado, na língua de quem lê."""

from __future__ import annotations

import errno

from micrograd_pt.words import LANGUAGES


def reason(error: Exception, lang: str) -> str:
    """O que impediu de gravar; sem uma frase para isso, o que o sistema diz.

    Args:
        error: o erro.
        lang: a língua.
    """
    number = error.errno if isinstance(error, OSError) else None
    key = f"errno.{errno.errorcode.get(number or 0, '')}"
    said: str = LANGUAGES[lang].get(key) or getattr(error, "strerror", None) or str(error)
    return said
