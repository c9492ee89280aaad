"""The moves of the demonstration, one by one: from where to where, when, and how far each of them has come."""

from __future__ import annotations

from collections.abc import Iterator

from coordination.demo.moving import Day, Ending, Move, moving
from coordination.demo.play import Play, Story
from coordination.models import Landing

_PAST, _SOON, _MARCH, _AUGUST = Day.PAST, Day.SOON, Day.MARCH, Day.AUGUST
_SCHOOL = "SK-HOR"  # Lone's

TO_THE_SCHOOL = (
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _AUGUST),
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _AUGUST, share=1.0),
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _AUGUST, share=0.2),
    Move("kindergarten_to_school", "DT-M", _SCHOOL, _AUGUST, share=0.2, asks=False),
    Move("kindergarten_to_school", "DT-M", _SCHOOL, _AUGUST),
    Move("kindergarten_to_school", "DT-NV", _SCHOOL, _AUGUST, consent_days=25),
    Move("kindergarten_to_preschool", "BH-LIN", _SCHOOL, _MARCH),
    Move("kindergarten_to_preschool", "DT-M", _SCHOOL, _MARCH, share=0.3, asks=False),
    Move("kindergarten_to_preschool", "BH-LIN", "SK-BJE", _MARCH, then_to=_SCHOOL),
    Move("school_to_school", "SK-BJE", _SCHOOL, _AUGUST),
    Move("school_to_school", "SK-BJE", _SCHOOL, _SOON, Ending.WAITING, days_waited=2),
    Move("school_to_school", "SK-KOR", _SCHOOL, _SOON, Ending.WAITING, days_waited=14),
    Move("from_special", "SP-OUS", _SCHOOL, _SOON, Ending.RECEIVED, days_waited=7),
    Move("school_to_school", "SK-TIR", _SCHOOL, _SOON, Ending.DECLINED, onward="SK-VES"),
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _PAST, Ending.RECEIVED, share=0.6),
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _PAST, Ending.LANDED),
    Move(
        "kindergarten_to_school", "DT-M", _SCHOOL, _PAST, Ending.LANDED,
        landing=Landing.KNOWLEDGE_MISSING, missing="what_helps",
    ),
    Move("school_to_school", "SK-BJE", _SCHOOL, _PAST, Ending.HALF_REVIEWED, landing=Landing.NEEDS_MORE),
    Move("kindergarten_to_school", "BH-LIN", _SCHOOL, _PAST, Ending.REVIEWED, landing=Landing.NEEDS_MORE),
    Move("school_to_school", "SK-BJE", _SCHOOL, _PAST, Ending.REVIEWED),
)  # fmt: skip
FROM_THE_SCHOOL = (
    Move("school_to_youth", _SCHOOL, "UU", _AUGUST),
    Move("school_to_youth", _SCHOOL, "UU", _AUGUST, share=0.2),
    Move("school_to_youth", _SCHOOL, None, _AUGUST),
    Move("school_to_school", _SCHOOL, None, _AUGUST),
    Move("to_special", _SCHOOL, "SP-OUS", _SOON, share=0.3),
    Move("to_special", _SCHOOL, "SP-TRE", _SOON, Ending.WAITING),
    Move("school_to_school", _SCHOOL, "SK-VES", _SOON, Ending.DECLINED, onward="SK-NYV"),
    Move("school_to_school", _SCHOOL, "SK-GRO", _SOON, Ending.CANCELLED),
    Move("to_other_town", _SCHOOL, None, _SOON),
    Move(
        "to_special", _SCHOOL, "SP-TRE", _PAST, Ending.LANDED,
        landing=Landing.KNOWLEDGE_MISSING, missing="not_read",
    ),
    Move("to_special", _SCHOOL, "SP-OUS", _PAST, Ending.REVIEWED),
)  # fmt: skip
ELSEWHERE = (
    Move("home_to_nursery", "SPL", "DP", _SOON, share=0.5),
    Move("nursery_to_kindergarten", "VS-KRI", "BH-LIN", _SOON, Ending.RECEIVED),
    Move("nursery_to_kindergarten", "DP", "BH-LIN", _SOON, Ending.WAITING, keeps_baton=True),
    Move("nursery_to_kindergarten", "DP", "DT-M", _PAST, Ending.LANDED),
    Move("nursery_to_kindergarten", "VS-KRI", "DT-SO", _PAST, Ending.REVIEWED),
    Move("kindergarten_to_school", "DT-SO", None, _AUGUST, share=0.5),
    Move("kindergarten_to_school", "BH-LIN", "SK-HAD", _AUGUST, Ending.CANCELLED),
    Move("school_to_school", "SK-FAA", "SK-BLI", _AUGUST),
    Move("to_other_town", "DT-NO", None, _SOON, Ending.LEFT),
    Move("youth_to_adult", "UU", "FAM", Day.FAR),
)


def moves(play: Play) -> Iterator[Story]:
    """Every move: those of Lone's school, which she finds on her board, and some of others."""
    for move in (*TO_THE_SCHOOL, *FROM_THE_SCHOOL, *ELSEWHERE):
        yield moving(play, move)
