"""A página viva: `lesson.save_html("aula.html")`, `live_page(modelo, X, y)` e a do capítulo, `chapter_page()`."""

from micrograd_pt.lesson import Lesson
from micrograd_pt.page.live import LivePage, chapter_page, lesson_html, live_page, save_lesson_html

__all__ = ["LivePage", "chapter_page", "live_page"]

setattr(Lesson, "html", lesson_html)  # noqa: B010
setattr(Lesson, "save_html", save_lesson_html)  # noqa: B010
