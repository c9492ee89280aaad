"""Planning many moves while one waits: the page is written as the work goes on, and says how far it has come.

One transaction and one answer: whoever closes the page before the end has planned nothing, and nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import OperationalError
from django.http import HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from coordination.commands.cohorts import CohortRefused, CohortRow, Planned, plan_step_by_step
from coordination.imports.cohorts import refused_by_row
from coordination.web.requests import PageRequest

STEP, MOST_STEPS = 10, 20  # so many moves between two words, and so many words at most
_HERE = "<!-- here -->"


def planning_page(
    request: PageRequest, rows: Sequence[CohortRow], *, done_url: str, says: Callable[[Planned], str]
) -> HttpResponse:
    """Answer with a page that is written while the moves are planned, and ends with what has come of it."""
    language = translation.get_language()
    page = render_to_string("board/planning.html", {"count": len(rows), "here": _HERE}, request)
    head, _mark, tail = page.partition(_HERE)

    def written() -> Iterator[str]:
        with translation.override(language):
            yield head
            yield from _steps(request, rows, done_url, says)
            yield tail

    answer = StreamingHttpResponse(written())
    answer["X-Accel-Buffering"] = "no"  # a proxy that keeps it back would keep the progress back
    return answer  # type: ignore[return-value]


def _steps(
    request: PageRequest, rows: Sequence[CohortRow], done_url: str, says: Callable[[Planned], str]
) -> Iterator[str]:
    step = max(STEP, len(rows) // MOST_STEPS)
    planned, came_to = Planned(), dict[str, Any]()
    try:
        for done in plan_step_by_step(rows, planned, actor=request.user, now=request.now):
            if done % step == 0:
                yield format_html("<li>{}</li>\n", _("%(done)s of %(all)s") % {"done": done, "all": len(rows)})
    except CohortRefused as refused:
        came_to["faults"] = str(refused_by_row(_("The list"), refused.refusals)).splitlines()
    except OperationalError:
        came_to["is_busy"] = True
    else:
        came_to = {"said": says(planned), "done_url": done_url}
    yield "</ol></div>\n"
    yield render_to_string("board/_planned.html", came_to, request)
