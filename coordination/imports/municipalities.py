"""The municipality that a file is about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coordination.commands.changing import lock_units
from coordination.imports.tables import Table, listed
from coordination.models import Unit


def find_root(table: Table, code: str | None) -> Unit | None:
    """Find, and lock, the municipality with ``code``, or the only one there is. Notes a fault where that is unclear."""
    roots = list(Unit.objects.filter(parent=None).order_by("code"))
    if code is not None:
        roots = [root for root in roots if root.code == code]
        if not roots:
            table.fault(_("There is no municipality with the code %(code)s.") % {"code": code})
            return None
    if not roots:
        table.fault(_("There is no municipality yet. Import its units first."))
        return None
    if len(roots) > 1:
        table.fault(
            _("There are several municipalities. Choose with --root: %(codes)s")
            % {"codes": listed(root.code for root in roots)}
        )
        return None
    lock_units([roots[0].pk])  # two imports at once come one after the other
    return roots[0]
