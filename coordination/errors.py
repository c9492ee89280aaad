"""The ways in which the domain refuses, each with the HTTP status that says the same thing."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusal(Exception):
    """A refusal with a message in the reader's language. Nothing has been changed when it is raised."""

    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, message: str | _StrPromise, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class Unseen(Refusal):
    """The actor may not know that this exists: the same answer as for something that never existed."""

    status = HTTPStatus.NOT_FOUND


class Forbidden(Refusal):
    """The actor can see it, but this move is not theirs."""

    status = HTTPStatus.FORBIDDEN


class MovedOn(Refusal):
    """The move was theirs, but somebody came first: the state it starts from is gone."""

    status = HTTPStatus.CONFLICT


class Unacceptable(Refusal):
    """What was given cannot be accepted; ``field`` names the input that it concerns."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooOften(Refusal):
    """It has been tried too often; after ``wait`` it may be tried again."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str | _StrPromise, *, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait
