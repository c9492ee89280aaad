"""What an administrator edits: the directory, the vocabularies and the rules. No case, ever.

Whatever has a command is changed through it, so that it leaves its event and refuses what must not be.
"""

from django.contrib import admin
from django.contrib.auth import admin as _auth_admin  # noqa: F401 -- registers its groups now, not after this
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from coordination.admin import (  # noqa: F401 -- importing them registers them
    figures,
    notes,
    people,
    retention,
    rules,
    templates,
    units,
    vocabularies,
)

admin.site.unregister(Group)  # administrators are all alike
admin.site.site_header = _("Involver: administration")
admin.site.site_title = _("Involver")
admin.site.index_title = _("Units, people, words and deadlines")
