"""Programas para arrays: primeiro as pilhas, depois as derivadas, e então o texto.

`stacks` diz que nós ficam lado a lado; `matrices`, como se escrevem as suas colunas; `array_plan`, o que cada pilha
vale e recebe; `array_text`, o texto; `namespaces`, o que há de próprio em cada módulo; `array_program`, o programa que
se chama; e `careful`, os números com que ele é executado de novo onde dá NaN.
"""

from micrograd_pt.compiler.arrays.array_program import ArrayProgram, array_program_of

__all__ = ["ArrayProgram", "array_program_of"]
