"""A página viva: `lesson.save_html("aula.html")`, `live_page(modelo, X, y)` e a do capítulo, `chapter_page()`."""

from micrograd_pt.page.live import LivePage, chapter_page, live_page

__all__ = ["LivePage", "chapter_page", "live_page"]
