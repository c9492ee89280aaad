"""Signing in: how often it may be tried. Kept in the database, so that the limit holds whatever else is down."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import ngettext

from coordination.errors import TooOften
from coordination.models import SignInAttempt

LONGEST = timedelta(hours=1)
# Wrong tries within a time: for one account from one place, for one account, from one place. The middle one is high: a
# stranger who knows a name must not lock its owner out; so is the last: a school may have one address.
SAME, ACCOUNT, PLACE = (10, timedelta(minutes=15)), (60, LONGEST), (120, timedelta(minutes=15))


def begin_sign_in(*, username: str, address: str, now: datetime) -> SignInAttempt:
    """Note that somebody tries to sign in. Raises ``TooOften`` after too many tries that failed.

    It is noted before the password is looked at, so that many at once are counted like one after another.
    """
    attempt = SignInAttempt(
        account=_hashed("account", username.strip().casefold()), address=_hashed("address", address)
    )
    wait = max(_waits(attempt, now), default=timedelta())
    if wait > timedelta():
        minutes = -(-int(wait.total_seconds()) // 60)
        raise TooOften(
            ngettext(
                "Too many tries. Try again in a minute.", "Too many tries. Try again in %(minutes)s minutes.", minutes
            )
            % {"minutes": minutes},
            wait=wait,
        )
    attempt.at = now
    attempt.save()
    return attempt


def end_sign_in(attempt: SignInAttempt) -> None:
    """Forget the tries for an account from a place: somebody has got in."""
    SignInAttempt.objects.filter(account=attempt.account, address=attempt.address).delete()


def _waits(attempt: SignInAttempt, now: datetime) -> Iterator[timedelta]:
    """Say for each limit that has been reached how long it still holds: until the oldest try that counts is too old."""
    account, address = Q(account=attempt.account), Q(address=attempt.address)
    for tries, (most, within) in ((account & address, SAME), (account, ACCOUNT), (address, PLACE)):
        counted = SignInAttempt.objects.filter(tries, at__gt=now - within).order_by("-at")
        oldest = counted.values_list("at", flat=True)[most - 1 : most].first()
        if oldest is not None:
            yield oldest + within - now


def _hashed(what: str, value: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"sign-in|{what}|{value}".encode(), hashlib.sha256).digest()
