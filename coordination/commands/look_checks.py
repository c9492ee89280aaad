"""Checking looks: each month a few of the last one are drawn by chance, and put before the leaders who answer for them.

Chance is the machine's own, so that nobody can reckon which ones will be asked about.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from secrets import SystemRandom

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, record
from coordination.errors import Forbidden, MovedOn, Unseen
from coordination.models import (
    AccessRecord,
    EventKind,
    LookAnswer,
    LookCheck,
    LookDrawing,
    LookSample,
    Membership,
    Unit,
    User,
)
from coordination.queries.actors import actor_of
from coordination.queries.calendars import calendar_of
from coordination.queries.leaders import nearest_leader
from coordination.queries.log import midnight
from coordination.queries.look_checks import may_answer
from coordination.queries.officers import cases_in
from coordination.rules.periods import months_before

ANSWER_WITHIN = 10  # working days
LEADER_ABOVE_AFTER = 5  # working days from the due day

chance = SystemRandom()
logger = logging.getLogger(__name__)


@dataclass
class Drawn:
    """The looks drawn so far of all those that one leader answers for, each with the same chance."""

    leader: Membership
    seen: int = 0
    looks: list[int] = field(default_factory=list)

    def take(self, look: int, most: int) -> None:
        """Take one more look into account; at most ``most`` are kept, whichever order they come in."""
        self.seen += 1
        if len(self.looks) < most:
            self.looks.append(look)
        elif (place := chance.randrange(self.seen)) < most:
            self.looks[place] = look


def draw_looks(*, now: datetime, failed: set[int] | None = None) -> int:
    """Draw the looks of the last month in each municipality in which that has not been done; say in how many.

    Doing it twice, or in two places at once, draws nothing twice. ``failed``: ids of municipalities to pass over, to
    which those are added where it could not be done.
    """
    failed, done = set() if failed is None else failed, 0
    month = months_before(timezone.localdate(now).replace(day=1), 1)
    drawn = LookDrawing.objects.filter(month=month).values("root")
    for root in Unit.objects.filter(parent=None).exclude(pk__in=failed).exclude(pk__in=drawn):
        try:
            done += _draw(root, month, now)
        except Exception:
            logger.exception("The looks of unit %s could not be drawn; tried again next round.", root.pk)
            failed.add(root.pk)
    return done


def _draw(root: Unit, month: date, now: datetime) -> bool:
    try:
        with transaction.atomic():
            # First of all, so that of two that come at once the second one waits here, and then gives way.
            LookDrawing.objects.create(root=root, month=month, drawn_at=now)
            for drawn in _draw_of_month(root, month).values():
                _put_before(drawn, month, now)
    except IntegrityError:
        if LookDrawing.objects.filter(root=root, month=month).exists():
            return False
        raise
    return True


def _draw_of_month(root: Unit, month: date) -> Mapping[int, Drawn]:
    """Go through the looks of a month one by one, and keep a few for each leader."""
    end = midnight(months_before(month, -1))
    looks = AccessRecord.objects.filter(at__gte=midnight(month), at__lt=end, case__in=cases_in({root.pk}).values("pk"))
    leaders: dict[int, Membership | None] = {}
    found: dict[int, Drawn] = {}
    for look, viewer in looks.order_by("pk").values_list("pk", "viewer_id").iterator(chunk_size=1000):
        if viewer not in leaders:
            leaders[viewer] = _leader_of(viewer, root)
        leader = leaders[viewer]
        if leader is not None:
            found.setdefault(leader.pk, Drawn(leader)).take(look, settings.LOOKS_CHECKED)
    return found


def _leader_of(viewer: int, root: Unit) -> Membership | None:
    """Find who answers for what somebody looks at: their nearest leader, and never they themselves."""
    theirs = Membership.objects.live().filter(user=viewer, unit__path__startswith=root.place).select_related("unit")
    unit = max((membership.unit for membership in theirs), key=lambda place: len(place.line), default=root)
    return nearest_leader(unit, other_than=viewer)


def _put_before(drawn: Drawn, month: date, now: datetime) -> None:
    today, unit = timezone.localdate(now), drawn.leader.unit
    sample = LookSample.objects.create(
        month=month,
        unit=unit,
        leader=drawn.leader.user,
        drawn_at=now,
        due_on=calendar_of(unit).shift(today, ANSWER_WITHIN),
        told_until=today,
    )
    LookCheck.objects.bulk_create(
        LookCheck(
            sample=sample,
            case_id=look.case_id,
            viewer_id=look.viewer_id,
            record_id=look.pk,
            looked_at=look.at,
            opened_reference=look.reference_id is not None,
            reason_id=look.reason_id,
        )
        for look in AccessRecord.objects.filter(pk__in=drawn.looks)
    )
    record(EventKind.LOOK_DRAWN, at=now, actor=None, person=sample.leader, about=sample, due_on=sample.due_on)


@again_after_deadlock
def remind_of_looks(*, now: datetime) -> int:
    """Tell leaders on the day that an answer is due, and the leader above five working days later; say how often.

    Whoever leads the unit no more owes no answer: the nearest leader of now does.
    """
    done = 0
    is_due = Q(due_on__lte=timezone.localdate(now)) & (Q(told_until__lt=F("due_on")) | Q(is_above=False))
    leads = Exists(Membership.objects.live().leading().filter(user=OuterRef("leader")))
    with transaction.atomic():
        waiting = LookSample.objects.select_for_update(of=("self",)).filter(is_due | ~leads, answered_at=None)
        for sample in waiting.select_related("unit", "leader").order_by("pk"):
            done += _pass_on(sample, now) or _remind(sample, now)
    return done


def _pass_on(sample: LookSample, now: datetime) -> bool:
    still = Membership.objects.live().leading().filter(user=sample.leader, unit_id__in=sample.unit.line)
    if still.exists():
        return False
    leader = nearest_leader(sample.unit)
    if leader is None:
        return False
    sample.leader, sample.told_until = leader.user, timezone.localdate(now)
    sample.save(update_fields=["leader", "told_until"])
    record(EventKind.LOOK_DRAWN, at=now, actor=None, person=leader.user, about=sample, due_on=sample.due_on)
    return True


def _remind(sample: LookSample, now: datetime) -> bool:
    today = timezone.localdate(now)
    above_on = calendar_of(sample.unit).shift(sample.due_on, LEADER_ABOVE_AFTER)
    if today >= above_on and not sample.is_above:
        leader = nearest_leader(sample.unit, other_than=sample.leader_id)
        sample.is_above = True
    elif sample.told_until < sample.due_on <= today:
        leader = None
    else:
        return False
    sample.told_until = today
    sample.save(update_fields=["told_until", "is_above"])
    told = {sample.leader} if leader is None else {sample.leader, leader.user}
    for person in sorted(told, key=lambda each: each.pk):
        record(EventKind.LOOK_DRAWN, at=now, actor=None, person=person, about=sample, due_on=sample.due_on)
    return True


@again_after_deadlock
def answer_looks(*, sample: LookSample, answers: Mapping[int, LookAnswer], actor: User, now: datetime) -> LookSample:
    """Say of looks, by the ids of their checks, whether they were in order; the others wait on.

    Raises ``Unseen`` for whoever does not lead the unit, ``Forbidden`` for one's own looks, ``MovedOn`` for answered
    ones.
    """
    with transaction.atomic():
        sample = LookSample.objects.select_for_update(of=("self",)).select_related("unit").get(pk=sample.pk)
        if not may_answer(actor_of(actor, now), sample):
            raise Unseen(_("Not found."))
        for check in _asked(sample, answers):
            if check.viewer_id == actor.pk:
                raise Forbidden(_("Nobody confirms their own look. The leader above you does."))
            if check.answer:
                raise MovedOn(_("Somebody has answered this already."))
            check.answer, check.answered_by, check.answered_at = answers[check.pk], actor, now
            check.save(update_fields=["answer", "answered_by", "answered_at"])
            is_in_order = check.answer == LookAnswer.IN_ORDER
            kind = EventKind.LOOK_CONFIRMED if is_in_order else EventKind.LOOK_QUESTIONED
            record(kind, at=now, actor=actor, person=check.viewer, about=check)
        if not sample.checks.filter(answer="").exists():
            sample.answered_at = now
            sample.save(update_fields=["answered_at"])
        return sample


def _asked(sample: LookSample, answers: Mapping[int, LookAnswer]) -> Iterator[LookCheck]:
    yield from sample.checks.select_related("viewer").filter(pk__in=answers).order_by("pk")
