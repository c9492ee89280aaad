"""Rows that are written once: traces, and what others go by."""

from __future__ import annotations

from typing import Any, Never

from django.db import models


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete what was written once."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that can be added and read, and nothing else."""

    def update(self, **_kwargs: Any) -> Never:
        """Refuse: no trace changes."""
        raise AppendOnlyError(self.model.__name__)

    def delete(self) -> Never:
        """Refuse: no trace goes away by hand."""
        raise AppendOnlyError(self.model.__name__)


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row; refuse to save it again."""
        if not self._state.adding:
            raise AppendOnlyError(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        """Refuse: no trace goes away by hand."""
        raise AppendOnlyError(type(self).__name__)
