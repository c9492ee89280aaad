"""Keys: made for cases, and changed in the background, so that an old one can be taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from coordination.commands.changing import again_after_deadlock
from coordination.models import Case, CaseKey, Reference
from coordination.privacy.case_keys import new_key, open_key, wrap_key
from coordination.privacy.references import (
    FIRST_INDEX_KEY,
    ReferenceLost,
    current_index_key,
    index_number,
    is_under_case_key,
    open_number,
    seal_number,
)
from coordination.privacy.sealing import SealBroken, split_key_id


def key_of(case: Case) -> bytes:
    """Give the key of a case that is locked; made where it has none yet. Raises ``ReferenceLost``."""
    if not CaseKey.objects.filter(case=case).exists():
        key = new_key()
        CaseKey.objects.create(case=case, sealed_key=wrap_key(key, case_code=case.code))
        return key
    try:
        return open_key(case)
    except SealBroken as error:
        raise ReferenceLost(str(error)) from error


@again_after_deadlock
def renew_keys(*, limit: int, failed: set[int] | None = None) -> int:
    """Bring at most ``limit`` cases to the current keys: their own key, their references, the indexes of these.

    Says how many cases were. Each is a transaction by itself: a run that is cut short is taken up where it ended, and
    people go on working. ``failed``: ids of cases to pass over, to which those are added in which something does not
    open; that stays as it is. It changes nothing that anybody can see, and so it leaves no event.
    """
    failed = set() if failed is None else failed
    renewed = 0
    for case_id in list(_to_renew(failed)[:limit]):
        with transaction.atomic():
            # Locked as every change locks it: whoever erases it, or adds a reference, comes before or after.
            case = Case.objects.select_for_update().filter(pk=case_id).first()
            if case is None:
                continue
            if _renew(case):
                renewed += 1
            else:
                failed.add(case_id)
    return renewed


def count_left() -> dict[str, int]:
    """Count what is not under the current keys, by the id of the key that it is under.

    Keys of cases and references from before there were any count by the key that seals them; indexes by ``index:`` and
    the id of theirs.
    """
    current = next(iter(settings.REFERENCE_KEYS))
    left: Counter[str] = Counter()
    for keys in (
        CaseKey.objects.exclude(_is_under("sealed_key", current)).values_list("sealed_key", flat=True),
        Reference.objects.exclude(_is_under("sealed_number", "")).values_list("sealed_number", flat=True),
    ):
        left.update(split_key_id(sealed)[0] for sealed in keys.iterator())
    indexes = Reference.objects.exclude(index_key_id=current_index_key()).values_list("index_key_id", flat=True)
    left.update(f"index:{key_id or FIRST_INDEX_KEY}" for key_id in indexes.iterator())
    return dict(left)


def _to_renew(failed: Collection[int]) -> QuerySet[Case, int]:
    """Find the cases that have something under another key than the current one, and a key by which it opens."""
    now, (_current, *others) = current_index_key(), settings.REFERENCE_KEYS
    keys, references = CaseKey.objects.filter(case=OuterRef("pk")), Reference.objects.filter(case=OuterRef("pk"))
    # As two ranges of an index: nothing is gone through while there is nothing to do. A reference from before cases had
    # keys has an index from before those had names.
    stale = references.filter(Q(index_key_id__lt=now) | Q(index_key_id__gt=now))
    opens = Q(Exists(keys.filter(_is_under_any("sealed_key", settings.REFERENCE_KEYS))))
    opens |= Q(Exists(references.filter(_is_under_any("sealed_number", settings.REFERENCE_KEYS))))
    found = Q(Exists(stale)) & opens
    if others:
        found |= Q(Exists(keys.filter(_is_under_any("sealed_key", others))))
    return Case.objects.filter(found).exclude(pk__in=failed).order_by("pk").values_list("pk", flat=True)


def _is_under_any(column: str, key_ids: Collection[str]) -> Q:
    condition = Q(pk__in=[])
    for key_id in key_ids:
        condition |= _is_under(column, key_id)
    return condition


def _is_under(column: str, key_id: str) -> Q:
    prefix = key_id.encode() + b":"
    return Q(Exact(Substr(column, 1, len(prefix)), Value(prefix, output_field=BinaryField())))


def _renew(case: Case) -> bool:
    """Renew what opens of a case; say whether everything did."""
    try:
        key = key_of(case)
    except ReferenceLost:
        return False
    own = CaseKey.objects.get(case=case)
    if split_key_id(own.sealed_key)[0] != next(iter(settings.REFERENCE_KEYS)):
        own.sealed_key = wrap_key(key, case_code=case.code)
        own.save(update_fields=["sealed_key"])
    references = list(Reference.objects.filter(case=case).select_related("system", "case__own_key").order_by("pk"))
    lost = [reference for reference in references if not _renew_reference(reference, key)]
    return not lost


def _renew_reference(reference: Reference, key: bytes) -> bool:
    try:
        number = open_number(reference)
    except ReferenceLost:
        return False
    if not is_under_case_key(reference):
        reference.sealed_number = seal_number(number, key, uid=reference.uid, case_code=reference.case.code)
    reference.number_index = index_number(reference.system, number)
    reference.index_key_id = current_index_key()
    reference.save(update_fields=["sealed_number", "number_index", "index_key_id"])
    return True
