"""Looks at cases, as they would have been logged; and some of last month's, put before the leaders."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from django.utils import timezone

from coordination.commands.look_checks import answer_looks, draw_looks
from coordination.commands.looks import look_at_case
from coordination.demo.play import DENMARK, FROM_HOUR, TO_HOUR, Play, Story
from coordination.models import Case, CaseState, LookAnswer, LookCheck, LookSample, User

A_DAY = 4  # looks of a day, in all of the municipality
SEED = 1950


def looking(play: Play) -> Story:
    """Let a few of those who hold a baton or take part look at their cases, day after day."""
    rng = random.Random(SEED)  # noqa: S311 -- a play, not a lock
    day = timezone.localdate(play.begin)
    while True:
        for minute in sorted(rng.sample(range((TO_HOUR - FROM_HOUR) * 60), A_DAY)):
            now = yield datetime.combine(day, time(FROM_HOUR), tzinfo=DENMARK) + timedelta(minutes=minute)
            _look(rng, now)
        day += timedelta(days=1)


def _look(rng: random.Random, now: datetime) -> None:
    cases = list(Case.objects.filter(state=CaseState.OPEN).select_related("holder", "holder_unit").order_by("pk"))
    if not cases:
        return
    case = rng.choice(cases)
    people: list[User] = [case.holder, *(part.contact for part in case.partnerships.live().select_related("contact"))]
    look_at_case(case=case, actor=rng.choice(people), now=now)


def confirm_some(play: Play) -> None:
    """Draw the looks of the last month; one leader, who is nobody's one can sign in as, asks for an explanation."""
    draw_looks(now=play.end)
    known = [person.pk for person in play.known.values()]
    sample = LookSample.objects.exclude(leader__in=known).order_by("pk").first()
    if sample is not None:
        answers = {check.pk: LookAnswer.IN_ORDER for check in LookCheck.objects.filter(sample=sample)}
        answers[max(answers)] = LookAnswer.QUESTIONED
        answer_looks(sample=sample, answers=answers, actor=sample.leader, now=play.end)
