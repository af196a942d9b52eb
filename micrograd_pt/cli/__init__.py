"""A linha de comando: `micrograd-pt` percorre o capítulo, e `micrograd-pt explica` explica uma expressão qualquer."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from micrograd_pt.words import PLAIN_ERRORS


def main(arguments: Sequence[str] | None = None) -> int:
    """O comando `micrograd-pt`.

    Args:
        arguments: as opções; sem indicação, as da linha de comando.

    Returns:
        O código de saída: 0 se tudo foi feito, 1 se um arquivo não pôde ser gravado ou a perda divergiu, 2 para opções
        ou uma expressão erradas, 130 depois de Ctrl-C.
    """
    if sys.stdout is None:  # a saída foi fechada: as figuras ainda podem ser gravadas
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=PLAIN_ERRORS)
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # quem lia parou de ler, como `| head` faz
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # um disco cheio
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _unwritten(error, sys.argv[1:] if arguments is None else arguments)
        return 1
    except KeyboardInterrupt:
        print("\ninterrompido", file=sys.stderr)
        return 130
    return status


def _unwritten(error: OSError, arguments: Sequence[str]) -> None:
    """Diz por que a saída não pôde ser escrita."""
    from micrograd_pt.cli.options import chosen_language
    from micrograd_pt.cli.reasons import reason
    from micrograd_pt.words import sentence

    lang = chosen_language(arguments)
    print(f"micrograd-pt: {sentence('cli.output', lang, reason=reason(error, lang))}", file=sys.stderr)


def _unknown(arguments: Sequence[str]) -> int:
    """Diz que comando há no lugar de um parecido."""
    import textwrap

    from micrograd_pt.cli.options import WIDTH, chosen_language
    from micrograd_pt.given import shorten
    from micrograd_pt.words import sentence

    said = sentence("cli.command", chosen_language(arguments), given=shorten(arguments[0]))
    print("\n".join(textwrap.wrap(f"micrograd-pt: {said}", WIDTH, break_on_hyphens=False)), file=sys.stderr)
    return 2


def _run(arguments: Sequence[str]) -> int:
    """O comando pedido: `explica` como primeira palavra, ou o capítulo."""
    if arguments and arguments[0] == "explica":
        from micrograd_pt.cli import explanation

        return explanation.run(arguments[1:])
    if arguments and arguments[0][:5].lower() in ("expli", "expla"):
        return _unknown(arguments)
    from micrograd_pt.cli import chapter

    return chapter.run(arguments)
