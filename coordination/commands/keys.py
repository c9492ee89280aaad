"""Keys: references sealed anew under the current key, so that an old one can be taken away."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, Q, QuerySet, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from coordination.commands.changing import again_after_deadlock
from coordination.models import Reference
from coordination.privacy.references import ReferenceLost, open_number, seal_number, split_key_id


@again_after_deadlock
def reseal_references(*, limit: int) -> int:
    """Seal at most ``limit`` references anew that are under another key than the current one; say how many.

    Each call is one transaction: a run that is cut short is taken up where it ended. Those that do not open are passed
    over and stay as they are. It changes nothing that anybody can see, and so it leaves no event.
    """
    resealed, last = 0, 0
    with transaction.atomic():
        while resealed < limit:
            batch = list(_to_reseal().filter(pk__gt=last)[: limit - resealed])
            if not batch:
                break
            last = batch[-1].pk
            resealed += sum(_reseal(reference) for reference in batch)
    return resealed


def count_left() -> dict[str, int]:
    """Count the references that are not under the current key, by the id of the key they are under."""
    current, *_others = settings.REFERENCE_KEYS
    left = Reference.objects.exclude(_is_under(current)).only("sealed_number")
    return dict(Counter(split_key_id(reference)[0] for reference in left.iterator()))


def _to_reseal() -> QuerySet[Reference]:
    """Read, and lock, what is under a key that is known but not the current one."""
    _current, *others = settings.REFERENCE_KEYS
    condition = Q(pk__in=[])
    for key_id in others:
        condition |= _is_under(key_id)
    locked = Reference.objects.select_for_update(of=("self",), no_key=True)
    return locked.filter(condition).select_related("case").order_by("pk")


def _is_under(key_id: str) -> Q:
    prefix = key_id.encode() + b":"
    return Q(Exact(Substr("sealed_number", 1, len(prefix)), Value(prefix, output_field=BinaryField())))


def _reseal(reference: Reference) -> bool:
    try:
        number = open_number(reference)
    except ReferenceLost:
        return False
    reference.sealed_number = seal_number(number, uid=reference.uid, case_code=reference.case.code)
    reference.save(update_fields=["sealed_number"])
    return True
