"""O que um `Value` responde a quem o conhece de fora: `copy` e `pickle`, e programas escritos para o micrograd.

Importar este cômodo é o que o ensina; ele não mostra nada.
"""

from micrograd_pt.interop import copying as copying
from micrograd_pt.interop import micrograd_view as micrograd_view
from micrograd_pt.interop import other_names as other_names
from micrograd_pt.interop import subclasses as subclasses

__all__: list[str] = []
