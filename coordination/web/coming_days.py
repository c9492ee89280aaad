"""Days that are typed for something to come."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator

from coordination.web.forms_base import DateField


class ComingDayField(DateField):
    """A day within reach of the calendar: whatever is counted from it is a day too. Commands say which ones will do."""

    def __init__(self, **kwargs: Any) -> None:
        out_of_reach = self.default_error_messages["invalid"]
        reach = [
            MinValueValidator(date(1900, 1, 1), message=out_of_reach),
            MaxValueValidator(date(2999, 12, 31), message=out_of_reach),
        ]
        super().__init__(validators=reach, **kwargs)
