"""What a report of an error may hold: the way there, and nothing that anybody has typed or that code had in hand."""

from __future__ import annotations

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class NothingTyped(SafeExceptionReporterFilter):
    """Leave out every field of a form and every variable, of whichever page and function, also while debugging.

    Involver sends no reports by itself; a tracker that somebody adds asks this filter what it may tell.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        """Filter always."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Name the fields of the form, without what stands in them."""
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """Name the variables of a frame, without their values."""
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
