"""When and where: a day, a Danish time of day, how long, and a unit or one of its rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.commands.meetings import WhenAndWhere
from coordination.models import Meeting, Room, Unit
from coordination.queries.places import Place
from coordination.web.coming_days import ComingDayField
from coordination.web.notes.forms import NoteForm

CLOCK_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S", "%H", "%H%M"]
DURATIONS = [
    (30, gettext_lazy("half an hour")),
    (45, gettext_lazy("45 minutes")),
    (60, gettext_lazy("1 hour")),
    (90, gettext_lazy("1½ hours")),
    (120, gettext_lazy("2 hours")),
    (180, gettext_lazy("3 hours")),
    (240, gettext_lazy("4 hours")),
]


class ClockInput(forms.TimeInput):
    """The device's own clock. What is no time of day is shown again as text: nothing typed is lost."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-input--day"}, format="%H:%M")

    def format_value(self, value: Any) -> str | None:
        """Write a time as the device wants it, and leave what is none."""
        if isinstance(value, str):
            try:
                value = ClockField().clean(value)
            except forms.ValidationError:
                return str(value)
        return super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Draw a clock, or a text field where what is to be shown is no time."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"] or ""
        context["widget"]["type"] = "time" if not shown or _is_clock(shown) else "text"
        return context


class ClockField(forms.TimeField):
    """A time of day; takes 9:30, 9.30, 930, 0930 and 9."""

    widget = ClockInput
    default_error_messages = {"invalid": gettext_lazy("Write the time like 13:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=CLOCK_FORMATS, **kwargs)

    def to_python(self, value: Any) -> time | None:
        """Read a time; three digits are an hour of one digit and its minutes."""
        if isinstance(value, str) and len(value.strip()) == 3 and value.strip().isdigit():
            value = f"0{value.strip()}"
        return super().to_python(value)


class WhenAndWhereForm(NoteForm):
    """The base of calling and of moving a meeting."""

    starts_on = ComingDayField(
        label=gettext_lazy("Which day?"), error_messages={"required": gettext_lazy("Write the day.")}
    )
    starts_at = ClockField(
        label=gettext_lazy("What time does it begin?"),
        error_messages={"required": gettext_lazy("Write the time.")},
    )
    minutes_long = forms.TypedChoiceField(label=gettext_lazy("How long?"), choices=DURATIONS, coerce=int, initial=60)
    place = forms.ChoiceField(label=gettext_lazy("Where?"), error_messages={"required": gettext_lazy("Choose where.")})

    field_order: Sequence[str] = ("starts_on", "starts_at", "minutes_long", "place")

    def __init__(self, *args: Any, places: Sequence[Place], duration: timedelta | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places: dict[str, tuple[Unit, Room | None]] = {}
        groups = []
        for place in places:
            rooms = {f"room-{room.pk}": room for room in place.rooms}
            self._places |= {f"unit-{place.unit.pk}": (place.unit, None)}
            self._places |= {key: (place.unit, room) for key, room in rooms.items()}
            choices = [(f"unit-{place.unit.pk}", place.unit.name), *((key, room.name) for key, room in rooms.items())]
            groups.append((place.unit.name, choices))
        cast("forms.ChoiceField", self.fields["place"]).choices = groups
        if duration is not None:
            _keep_duration(cast("forms.ChoiceField", self.fields["minutes_long"]), duration)

    def clean(self) -> dict[str, Any]:
        """Put the day and the time together; summer time may have left that hour out."""
        cleaned = super().clean() or self.cleaned_data
        day, clock = cleaned.get("starts_on"), cleaned.get("starts_at")
        if day is not None and clock is not None:
            starts_at = danish_time(day, clock)
            if starts_at is None:
                self.add_error(
                    "starts_at", _("That night the clock is put forward: this time does not exist. Choose another.")
                )
            cleaned["begins"] = starts_at
        return cleaned

    @property
    def when_and_where(self) -> WhenAndWhere:
        """What was chosen in a valid form. A length is real time, also on the night when the clock is changed."""
        begins: datetime = self.cleaned_data["begins"]
        place, room = self._places[self.cleaned_data["place"]]
        ends = begins + timedelta(minutes=self.cleaned_data["minutes_long"])
        return WhenAndWhere(starts_at=begins, ends_at=ends, place=place, room=room)


def danish_time(day: date, clock: time) -> datetime | None:
    """Give the instant (UTC) of a Danish day and time: of a time that comes twice the first, of one that is left out
    (02:30 on the last Sunday of March) none."""
    local = datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
    instant = local.astimezone(UTC)
    is_real = instant.astimezone(local.tzinfo).replace(tzinfo=None) == local.replace(tzinfo=None)
    return instant if is_real else None


def initial_of(meeting: Meeting) -> dict[str, Any]:
    """Give what the form shows for a meeting that is planned already."""
    begins = timezone.localtime(meeting.starts_at)
    return {
        "starts_on": begins.date(),
        "starts_at": begins.time(),
        "minutes_long": minutes_of(meeting.ends_at - meeting.starts_at),
        "place": f"room-{meeting.room_id}" if meeting.room_id else f"unit-{meeting.place_id}",
    }


def minutes_of(duration: timedelta) -> int:
    """Give a duration in whole minutes."""
    return int(duration.total_seconds() // 60)


def _keep_duration(field: forms.ChoiceField, duration: timedelta) -> None:
    """Let a length that is not on the list stay possible for the meeting that has it."""
    minutes = minutes_of(duration)
    if minutes not in dict(DURATIONS):
        field.choices = [*DURATIONS, (minutes, _("%(count)s minutes") % {"count": minutes})]


def _is_clock(text: str) -> bool:
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True
