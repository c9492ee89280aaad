"""A tour of every page: what it is called, who goes there, and how one gets there, in one small municipality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from coordination.commands.cases import close_case
from coordination.commands.erasures import ask_for_erasure, place_hold
from coordination.commands.handovers import ask_for_release, request_baton
from coordination.commands.looks import look_at_case
from coordination.commands.people import set_absence
from coordination.models import (
    Agreement,
    AgreementState,
    Case,
    CaseOutcome,
    Handover,
    HandoverKind,
    JoinRequest,
    LookSample,
    Meeting,
    MeetingState,
    Partnership,
    Unit,
)
from notifications.models import Channel, Message, MessageState
from notifications.passing import run_round
from tests.browser.tour_of_moves import Moves, set_children_moving
from tests.browser.tour_of_notes import write_notes
from tests.builders import World, a_case, accepted, day, on, term, the_invitation
from tests.figures.quarters import quarters
from tests.pages.officers import an_officer
from tests.pages.rich_case import a_meeting, a_rich_case

# Addresses that only take what is sent to them: a mere visit is led elsewhere, or refused.
A_FORM = "main form[method=post]"
WITHOUT_A_PAGE = {
    "absence_end",
    "board_csv",
    "board_remind",
    "board_review",
    "cohort_csv",
    "cohort_plan",
    "cohort_preview",
    "figures_file",
    "find_case",
    "handover_accept",
    "handover_decline",
    "invitation_accept",
    "join_ask",
    "meeting_answer",
    "notifications:device_add",
    "notifications:device_remove",
    "notifications:feed",
    "notifications:feed_make",
    "notifications:feed_remove",
    "notifications:meeting_file",
    "notifications:read",
    "open_case_partners",
    "protection_export",
    "reference_open",
    "sign_out",
    "subject_file",
    "transition_plan_next",
}
# For browsers, not for people.
SCRIPTS = {"notifications:service_worker"}


@dataclass(frozen=True)
class Stop:
    """A page: the name of its address, whose eyes (nobody's: "") and where.

    ``sends``: which form of that page is sent with nothing filled in, to see what comes then.
    """

    name: str
    who: str
    path: str
    status: int = 200
    sends: str = ""


@dataclass
class Scene:
    """The cases that the tour comes by."""

    world: World
    rich: Case
    asked: Case
    released: Case
    closed: Case
    kept: Case
    moves: Moves

    def partnership(self, unit: Unit) -> int:
        """The id of the part that a unit takes in the rich case."""
        return Partnership.objects.live().get(case=self.rich, unit=unit).pk

    def invitation(self, unit: Unit) -> int:
        """The id of the newest invitation of a unit to the rich case."""
        return the_invitation(self.rich, unit).pk

    def handover(self, kind: HandoverKind) -> int:
        """The id of the handover of that kind that waits in the rich case."""
        return Handover.objects.get(case=self.rich, kind=kind, state="offered").pk

    def agreement(self, state: AgreementState) -> int:
        """The id of an agreement of the rich case."""
        return Agreement.objects.filter(case=self.rich, state=state).earliest("pk").pk

    def meeting(self, *, begun: bool) -> int:
        """The id of a planned meeting of the rich case, begun or to come by the day of the tour."""
        planned = Meeting.objects.filter(case=self.rich, state=MeetingState.PLANNED)
        return (planned.filter(starts_at__lt=on(1)) if begun else planned.filter(starts_at__gt=on(1))).get().pk


def set_the_scene(world: World) -> Scene:
    """Play what has happened by the day after the Monday morning."""
    rich = a_rich_case(world)
    request_baton(
        partnership=Partnership.objects.live().get(case=rich, unit=world.health), actor=world.hanne, now=on(-1)
    )
    a_meeting(world, rich, at=on(0, hours=2), now=on(-2))
    asked = a_case(world, now=on())
    released = a_case(world, actor=world.mads, now=on(-10))
    ask_for_release(case=released, actor=world.mads, now=on(-9))
    closed = a_case(world, now=on(-12))
    accepted(world, closed, now=on(-11))
    close_case(case=closed, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(-5))
    kept = a_case(world, now=on(-12))
    close_case(case=kept, outcome=term(CaseOutcome, "solved"), actor=world.maja, now=on(-5))
    place_hold(case=kept, actor=world.karin, now=on(-4))
    ask_for_erasure(case=released, actor=an_officer(world), now=on(-3))
    set_absence(user=world.mads, stand_in=world.maja, first_on=day(2), last_on=day(9), actor=world.mads, now=on())
    moves = set_children_moving(world)
    quarters(world, date(2026, 1, 1), date(2026, 4, 1))
    look_at_case(case=rich, actor=world.maja, now=on(-25))  # which her leader is asked about in the month after
    write_notes(world, rich)
    tell_everybody(world)
    return Scene(world, rich, asked, released, closed, kept, moves)


def tell_everybody(world: World) -> None:
    """Tell everybody in the app; one of PPR's people cannot be reached by e-mail."""
    run_round()
    Message.objects.create(
        digest_on=day(), person=world.anna, channel=Channel.EMAIL, state=MessageState.DISCARDED, failure="550",
        made_at=on(), due_at=on(), next_at=on(), settled_at=on(),
    )  # fmt: skip


def pages_of(scene: Scene) -> list[Stop]:
    """List every page with something on it."""
    world, code = scene.world, scene.rich.code
    asked = the_invitation(scene.asked, world.ppr).pk
    to_other_school = scene.invitation(world.other_school)
    still_open, done = scene.agreement(AgreementState.OPEN), scene.agreement(AgreementState.DONE)
    to_come, begun = scene.meeting(begun=False), scene.meeting(begun=True)
    offer, request = scene.handover(HandoverKind.OFFER), scene.handover(HandoverKind.REQUEST)
    join_request = JoinRequest.objects.get(case=scene.rich).pk
    basis = scene.rich.bases.get().pk
    return [
        _stop("sign_in", ""),
        _stop("desk", "maja"),
        _stop("desk", "anna"),
        _stop("desk", "lone"),
        _stop("cases", "maja"),
        _stop("cases", "maja", query="?vis=afsluttede"),
        _stop("cases", "lone", query="?vis=ledelse"),
        _stop("open_case", "maja"),
        _stop("case_opened", "maja", code),
        _stop("case", "maja", code),
        _stop("case", "anna", code),
        _stop("case", "lone", code),
        _stop("case", "maja", scene.closed.code),
        _stop("case", "anna", scene.closed.code),
        _stop("case_looks", "maja", code),
        _stop("case_close", "maja", code),
        _stop("case_reopen", "maja", scene.closed.code),
        _stop("reference_add", "maja", code),
        _stop("basis_record", "maja", code),
        _stop("basis_withdraw", "maja", basis),
        _stop("invite", "maja", code),
        _stop("invite", "maja", code, query=f"?efter={to_other_school}"),
        _stop("invitation", "anna", asked),
        _stop("invitation", "hanne", scene.invitation(world.health)),
        _stop("invitation", "frida", scene.invitation(world.family)),
        _stop("invitation_decline", "anna", asked),
        _stop("invitation_withdraw", "maja", asked),
        _stop("onward", "lone", to_other_school),
        _stop("search_drop", "maja", to_other_school),
        _stop("partnership_complete", "anna", scene.partnership(world.ppr)),
        _stop("partnership_leave", "anna", scene.partnership(world.ppr)),
        _stop("partnership_contact", "anna", scene.partnership(world.ppr)),
        _stop("join_request", "maja", join_request),
        _stop("join_request", "ove", join_request),
        _stop("join_withdraw", "ove", join_request),
        _stop("handover_offer", "mads", scene.released.code),
        _stop("baton_request", "anna", scene.partnership(world.ppr)),
        _stop("release", "maja", code),
        _stop("release_withdraw", "mads", scene.released.code),
        _stop("assign", "lone", scene.released.code),
        _stop("handover", "anna", offer),
        _stop("handover", "maja", offer),
        _stop("handover", "maja", request),
        _stop("handover_withdraw", "maja", offer),
        _stop("agreement_make", "maja", code),
        _stop("agreement_done", "maja", still_open),
        _stop("agreement_move", "maja", still_open),
        _stop("agreement_drop", "maja", still_open),
        _stop("agreement_look", "maja", done),
        _stop("meeting_call", "maja", code),
        _stop("meeting", "maja", to_come),
        _stop("meeting", "anna", to_come),
        _stop("meeting", "maja", begun),
        _stop("meeting_move", "maja", to_come),
        _stop("meeting_cancel", "maja", to_come),
        _stop("invitation_note", "maja", asked),
        _stop("agreement_note", "maja", still_open),
        _stop("meeting_note", "maja", to_come),
        _stop("kept_notes", "lone"),
        _stop("kept_notes", "per"),
        _stop("meeting_hold", "maja", begun),
        *_pages_of_moves(scene),
        _stop("units", "maja"),
        _stop("unit", "maja", world.ppr.pk),
        _stop("unit", "per", world.ppr.pk),
        _stop("unit_offers", "per", world.ppr.pk),
        _stop("absence", "lone"),
        _stop("absence", "mads"),
        _stop("board", "lone"),
        _stop("board", "dorte", query="?mangler=late&ogsaa=afsluttede"),
        _stop("board_calendar", "lone"),
        _stop("board_print", "dorte"),
        _stop("cohort", "kirsten"),
        _stop("cohort", "kirsten", query=f"?enhed={world.kindergarten.pk}&slags=kindergarten_to_school"),
        _stop("cohort_file", "kirsten"),
        _stop("figures", "dorte"),
        _stop("figures", "lone"),
        _stop("desk", "per"),
        _stop("notifications:bell", "maja"),
        _stop("notifications:bell", "anna"),
        _stop("notifications:choices", "maja"),
        _stop("notifications:receivers", "per", world.ppr.pk),
        _stop("look_sample", "lone", LookSample.objects.get(leader=world.lone).pk),
        _stop("protection", "dorthe"),
        _stop("protection", "dorthe", query=f"?kode={code}"),
        _stop("protection", "dorthe", query="?til=2020-01-01"),
        _stop("subject", "dorthe"),
        _stop("outside_find", "dorthe"),
        _stop("outside", "dorthe", code),
        _stop("outside", "dorthe", scene.closed.code),
        _stop("outside", "karin", scene.kept.code),
        _stop("outside_erase", "dorthe", scene.closed.code),
        _stop("outside_hold", "dorthe", scene.closed.code),
        _stop("outside_let_go", "karin", scene.kept.code),
        _stop("outside_ask", "dorthe", code),
        _stop("outside_take_back", "dorthe", scene.released.code),
    ]


def _pages_of_moves(scene: Scene) -> list[Stop]:
    moves, world = scene.moves, scene.world
    code = moves.planned.case.code
    return [
        _stop("case", "rikke", code),
        _stop("desk", "rikke"),
        _stop("desk", "mads"),
        _stop("desk", "kirsten"),
        _stop("child_heard", "rikke", code),
        _stop("child_heard", "rikke", code, query=f"?overgang={moves.planned.pk}"),
        _stop("parents_involved", "rikke", code),
        _stop("transition_plan", "rikke", code),
        _stop("transition_plan", "rikke", code, query=f"?efter={moves.planned.pk}"),
        _stop("transition", "rikke", moves.planned.pk),
        _stop("transition", "rikke", moves.declined.pk),
        _stop("transition", "mads", moves.handed_over.pk),
        _stop("transition", "maja", moves.received.pk),
        _stop("transition", "kirsten", moves.landed.pk),
        _stop("transition_postpone", "rikke", moves.planned.pk),
        _stop("transition_receiver", "rikke", moves.declined.pk),
        _stop("transition_cancel", "rikke", moves.planned.pk),
        _stop("transition_hand_over", "rikke", moves.planned.pk),
        _stop("transition_receive", "mads", moves.handed_over.pk),
        _stop("transition_decline", "mads", moves.handed_over.pk),
        _stop("transition_follow_up", "maja", moves.received.pk),
        _stop("transition_review", "kirsten", moves.landed.pk, world.kindergarten.pk),
        _stop("milestone_done", "rikke", moves.milestone),
        _stop("milestone_skip", "rikke", moves.milestone),
    ]


def _refusals_of_moves(scene: Scene) -> list[Stop]:
    moves, code = scene.moves, scene.moves.planned.case.code
    return [
        _stop("child_heard", "rikke", code),
        _stop("parents_involved", "rikke", code),
        _stop("transition_plan", "rikke", code),
        _stop("transition_postpone", "rikke", moves.planned.pk),
        _stop("transition_receiver", "rikke", moves.declined.pk),
        _stop("transition_cancel", "rikke", moves.planned.pk),
        _stop("transition_hand_over", "rikke", moves.planned.pk),
        _stop("transition_receive", "mads", moves.handed_over.pk, sends="form:has([name=has_read])"),
        _stop("transition_decline", "mads", moves.handed_over.pk),
        _stop("transition_follow_up", "maja", moves.received.pk),
        _stop("milestone_skip", "rikke", moves.milestone),
    ]


def refusals_of(scene: Scene) -> list[Stop]:
    """List what a form that is sent with nothing filled in comes back as, and the pages of the refusals.

    The last one is carried out: what is said afterwards belongs to the tour, too.
    """
    world, code = scene.world, scene.rich.code
    asked, part = the_invitation(scene.asked, world.ppr).pk, scene.partnership(world.ppr)
    still_open, done = scene.agreement(AgreementState.OPEN), scene.agreement(AgreementState.DONE)
    to_come = scene.meeting(begun=False)
    offer = scene.handover(HandoverKind.OFFER)
    empty = [
        _stop("sign_in", ""),
        _stop("open_case", "maja"),
        _stop("case_close", "maja", code),
        _stop("case_reopen", "maja", scene.closed.code),
        _stop("reference_add", "maja", code),
        _stop("basis_record", "maja", code),
        _stop("invite", "maja", code),
        _stop("invitation", "anna", asked),
        _stop("invitation_decline", "anna", asked),
        _stop("onward", "lone", scene.invitation(world.other_school)),
        _stop("partnership_complete", "anna", part),
        _stop("partnership_leave", "anna", part),
        _stop("partnership_contact", "anna", part),
        _stop("handover_offer", "mads", scene.released.code),
        _stop("assign", "lone", scene.released.code),
        _stop("handover", "anna", offer, sends="form[action$='/nej/']"),
        _stop("join_request", "maja", JoinRequest.objects.get(case=scene.rich).pk),
        _stop("agreement_make", "maja", code),
        _stop("agreement_move", "maja", still_open),
        _stop("agreement_drop", "maja", still_open),
        _stop("agreement_look", "maja", done),
        _stop("meeting_call", "maja", code),
        _stop("meeting", "anna", to_come),
        _stop("meeting_move", "maja", to_come),
        _stop("absence", "lone"),
        _stop("look_sample", "lone", LookSample.objects.get(leader=world.lone).pk),
        *_refusals_of_moves(scene),
        _stop("case", "lone", code, sends="form[action^='/referencer/']"),
        _stop("notifications:choices", "maja", sends="form.choices-form"),
    ]
    return [
        *(replace(stop, status=200 if stop.name == "sign_in" else 422, sends=stop.sends or A_FORM) for stop in empty),
        _stop("case", "maja", code, sends="form[action^='/referencer/']"),
        _stop("case", "maja", "0000-0000", status=404),
        _stop("notifications:choices", "maja", sends="form[action$='/kalenderadresse/']"),
        _stop("case_close", "anna", code, status=403),
        _stop("basis_withdraw", "anna", scene.rich.bases.get().pk, status=403),
        _stop("invitation_withdraw", "maja", scene.invitation(world.ppr), status=409),
        _stop("meeting_hold", "maja", to_come, status=422),
        _stop("cohort_file", "kirsten", status=422, sends=A_FORM),
        _stop("protection", "dorthe", query="?kode=findes-ikke", status=422),
        _stop("subject", "dorthe", status=422, sends=A_FORM),
        _stop("outside_find", "dorthe", query="?kode=findes-ikke", status=422),
        _stop("outside_erase", "dorthe", scene.closed.code, status=422, sends=A_FORM),
        _stop("outside_erase", "dorthe", "0000-0000", status=404),
        _stop("absence", "mads", sends="form[action$='/slut/']"),
    ]


def pages_with_nothing_on_them() -> list[Stop]:
    """List the pages that one person alone in a municipality finds empty."""
    return [
        _stop("desk", "ove"),
        *(_stop("cases", "ove", query=f"?vis={tab}") for tab in ("tovholder", "med", "afsluttede")),
        _stop("cases", "lone", query="?vis=ledelse"),
        _stop("board", "per"),
        _stop("board_calendar", "per"),
        _stop("board_print", "per"),
        _stop("cohort", "kirsten", query="?slags=kindergarten_to_school&dag=31-02"),
        _stop("open_case", "karin"),
        _stop("units", "ove", query="?navn=findes+ikke"),
        _stop("absence", "ove"),
        _stop("figures", "lone"),
        _stop("notifications:bell", "ove"),
        _stop("notifications:bell", "ove", query="?foer=1"),
    ]


def _stop(name: str, who: str, *at: str | int, query: str = "", status: int = 200, sends: str = "") -> Stop:
    path = reverse(name, args=at)
    return Stop(name, who, f"{path}{query}", status, sends)
