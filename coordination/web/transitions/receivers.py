"""Picking the unit that receives a child."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coordination.web.unit_picker import Picker


class ReceiverPicker(Picker):
    """Units that could receive a child: first those at which children of its unit go on."""

    def headings(self) -> tuple[str, str]:
        """Name the two groups of suggested units."""
        return _("Where children usually go on"), _("Others that could receive the child")
