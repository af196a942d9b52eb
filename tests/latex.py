"""O pdflatex, chamado pelos testes: um documento só, sem erros, sem linha que passe da margem, sem sinal que falte."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from micrograd_pt.lesson.latex import article

from .needs import unavailable


def compiled(documents: list[str], folder: Path) -> int:
    """Compila um artigo com o pdflatex; dá quantas páginas ele tem."""
    if shutil.which("pdflatex") is None:
        unavailable("não há pdflatex neste computador: apt install texlive-latex-base texlive-lang-portuguese")
    (folder / "licoes.tex").write_text(article("Lições sorteadas", "\n".join(documents), "pt"), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "licoes.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "licoes.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    overfull = re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)
    assert not overfull, f"linhas largas demais, em pontos: {overfull}"
    assert "Missing character" not in log and "undefined" not in log
    return int(re.findall(r"\((\d+) pages?", log)[-1])
