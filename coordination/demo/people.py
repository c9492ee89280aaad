"""The people one can sign in as. Nobody in the demonstration exists."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "proev-involver"  # noqa: S105 -- shown on the sign-in page of a demonstration, and nowhere else  # nosec B105


@dataclass(frozen=True)
class SignIn:
    """Somebody to sign in as, and what there is to see as them."""

    username: str
    name: str
    note: str | Promise


SIGN_INS = (
    SignIn("maja", "Maja Holm", _("teacher at Hornbæk Skole, holds the baton in four cases")),
    SignIn("anna", "Anna Bang", _("psychologist in PPR, asked by many")),
    SignIn("lone", "Lone Dahl", _("leads Hornbæk Skole")),
    SignIn("karin", "Karin Friis", _("coordinator of the municipality")),
    SignIn("dorthe", "Dorthe Damm", _("data-protection officer: who looked at what, no case")),
    SignIn("admin", "Ask Winther", _("administrator: units, people and words, no case")),
)
