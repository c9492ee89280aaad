"""Administrators: who may edit the directory, and passwords set for others."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from coordination.commands.changing import again_after_deadlock, lock_people, record
from coordination.errors import Forbidden
from coordination.models import EventKind, User


@again_after_deadlock
def set_administrator(*, user: User, is_administrator: bool, actor: User, now: datetime) -> User:
    """Make somebody an administrator, or let them be none any more. For a superuser to do."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        if not (actor.is_superuser and actor.is_active):
            raise Forbidden(_("This is for somebody else to do."))
        if user.is_staff != is_administrator:
            user.is_staff = is_administrator
            user.save(update_fields=["is_staff"])
            record(EventKind.PERSON_CHANGED, at=now, actor=actor, person=user, about=user, fields=["is_staff"])
        return user


@again_after_deadlock
def set_password(*, user: User, password: str, actor: User, now: datetime) -> User:
    """Give somebody a new password; whoever is signed in with the old one is out. Not an administrator's by another."""
    with transaction.atomic():
        [user] = lock_people([user.pk])
        is_privileged = user.is_staff or user.is_superuser
        if not actor.is_active or not actor.is_staff or (is_privileged and not actor.is_superuser):
            raise Forbidden(_("This is for somebody else to do."))
        user.password = make_password(password)
        user.save(update_fields=["password"])
        record(EventKind.PERSON_CHANGED, at=now, actor=actor, person=user, about=user, fields=["password"])
        return user
