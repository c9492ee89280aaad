"""Feeds: the secret address at which somebody's calendar program reads their deadlines and meetings."""

from __future__ import annotations

from django.db import models

from coordination.models import User


class Feed(models.Model):
    """A person's feed. Of the secret in its address only the hash is kept; making it anew ends the old one."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="feed")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person)
