"""O que fazer quando falta um programa de fora."""

import os
from typing import NoReturn

import pytest


def unavailable(reason: str) -> NoReturn:
    """Pula, com a razão; onde tudo deve estar instalado (`CI=true`), falha."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
