"""As cores das figuras, distinguíveis também por quem não distingue verde de vermelho."""

POSITIVE = "#0B5CAD"
"""Peso positivo (linha cheia)."""

NEGATIVE = "#C2410C"
"""Peso negativo (linha tracejada)."""

NEUTRAL = "#555555"
"""Peso zero, legendas e notas."""

INPUT = "#E8F1FB"
"""Entradas da rede e folhas do grafo."""

HIDDEN = "#FFF7DB"
"""Neurônios ocultos e nós intermediários."""

OUTPUT = "#E7F6EC"
"""A saída."""

OUTLINE = "#333333"
"""Contorno dos nós e setas do grafo."""

FONT = "Helvetica"
"""A fonte: o renderizador conhece as suas medidas e os navegadores a substituem por uma de mesma largura."""
