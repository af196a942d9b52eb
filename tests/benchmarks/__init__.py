"""Quanto custa um passo de treinamento: este pacote e os seus pares, nas mesmas quatro contas.

Uso: python -m tests.benchmarks
"""
