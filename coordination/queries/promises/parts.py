"""Promise 5: only those who need to know. Access follows the part one plays, so the parts themselves must be right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from coordination.models import (
    LEADING,
    Agreement,
    AgreementState,
    Attendance,
    Basis,
    BasisCover,
    BasisKind,
    BasisState,
    CaseState,
    Event,
    EventKind,
    Invitation,
    InvitationState,
    JoinRequest,
    JoinState,
    MeetingState,
    Membership,
    Partnership,
    Reference,
    ReferencePurpose,
)
from coordination.queries.promises.registry import Rows, invariant

_LIVE = Partnership.objects.live()
_ENDED_PARTS = (InvitationState.COMPLETED, InvitationState.LEFT)


@invariant(5, among=_LIVE)
def contact_belongs_to_the_unit(_today: date) -> Iterator[Rows]:
    """The contact of a partner is active and belongs to its unit, or leads it; the unit is open."""
    belongs = Membership.objects.live().filter(user=OuterRef("contact"), unit=OuterRef("unit"))
    leads = (
        Membership.objects.live()
        .filter(user=OuterRef("contact"), role__in=LEADING)
        .alias(place=ExpressionWrapper(OuterRef("unit__path"), CharField()))
        .filter(place__startswith=F("unit__path"))
    )
    yield _LIVE.filter(Q(unit__closed_at__isnull=False) | ~Exists(belongs) & ~Exists(leads))


@invariant(5, among=Invitation.objects.filter(state__in=(InvitationState.ACCEPTED, *_ENDED_PARTS)))
def accepted_invitation_is_a_partnership(_today: date) -> Iterator[Rows]:
    """An invitation is accepted exactly while the partnership that came of it lasts; no other one has any."""
    of_it = Partnership.objects.filter(invitation=OuterRef("pk"), unit=OuterRef("unit"), case=OuterRef("case"))
    any_of_it = Partnership.objects.filter(invitation=OuterRef("pk"))
    live = Q(Exists(of_it.filter(ended_at=None)))
    ended = Q(Exists(of_it.exclude(ended_at=None)))
    is_accepted, has_ended = Q(state=InvitationState.ACCEPTED), Q(state__in=_ENDED_PARTS)
    yield Invitation.objects.filter(
        is_accepted & ~live | has_ended & ~ended | ~is_accepted & ~has_ended & Exists(any_of_it)
    )


@invariant(5, among=Agreement.objects.filter(state=AgreementState.OPEN))
def owner_of_an_agreement_takes_part(_today: date) -> Iterator[Rows]:
    """Whoever owns an open agreement takes part in the case."""
    contact = _LIVE.filter(case=OuterRef("case"), contact=OuterRef("owner"))
    yield Agreement.objects.filter(~Exists(contact), state=AgreementState.OPEN).exclude(owner=F("case__holder"))


@invariant(5, among=Attendance.objects.called().filter(meeting__state=MeetingState.PLANNED))
def called_person_takes_part(_today: date) -> Iterator[Rows]:
    """Whoever is called to a meeting takes part in the case until it has been held."""
    contact = _LIVE.filter(case=OuterRef("meeting__case"), contact=OuterRef("person"))
    called = Attendance.objects.called().exclude(person=F("meeting__case__holder"))
    yield called.filter(~Exists(contact), meeting__state=MeetingState.PLANNED)


@invariant(5, among=Basis.objects.filter(state=BasisState.ACTIVE, kind=BasisKind.ANONYMOUS))
def anonymous_case_has_no_reference(_today: date) -> Iterator[Rows]:
    """Anonymous sparring points at no record."""
    records = Reference.objects.filter(case=OuterRef("case"), purpose=ReferencePurpose.RECORD)
    yield Basis.objects.filter(Exists(records), state=BasisState.ACTIVE, kind=BasisKind.ANONYMOUS)


@invariant(5, among=Basis.objects.all())
def consent_covers_what_it_names(_today: date) -> Iterator[Rows]:
    """A consent covers all kinds of units, or some kinds by name and never none; no other basis names any."""
    named = BasisCover.objects.filter(basis=OuterRef("pk"))
    by_name = Q(kind=BasisKind.CONSENT, covers_all=False)
    yield Basis.objects.filter(by_name & ~Exists(named) | ~by_name & Exists(named))


@invariant(5, among=Invitation.objects.filter(state=InvitationState.SENT))
def asked_unit_is_covered_by_the_consent(_today: date) -> Iterator[Rows]:
    """No unit is asked to a case with a reference from elsewhere that the consent of that moment does not cover."""
    sent = _told(EventKind.INVITATION_SENT, "invitation").values("pk")[:1]
    before = {"pk__lt": OuterRef(OuterRef("sent"))}
    narrow = Basis.objects.filter(
        ~Exists(BasisCover.objects.filter(basis=OuterRef("pk"), kind=OuterRef(OuterRef("unit__kind")))),
        Exists(_told(EventKind.BASIS_RECORDED, "basis").filter(**before)),
        case=OuterRef("case"),
        state=BasisState.ACTIVE,
        kind=BasisKind.CONSENT,
        covers_all=False,
    )
    elsewhere = Reference.objects.exclude(unit=OuterRef("unit")).filter(
        Exists(_told(EventKind.REFERENCE_ADDED, "reference").filter(**before)), case=OuterRef("case")
    )
    # A unit may be called another kind since.
    changed = Event.objects.filter(kind=EventKind.UNIT_CHANGED, unit=OuterRef("unit"), pk__gt=OuterRef("sent"))
    asked = Invitation.objects.filter(state=InvitationState.SENT).alias(sent=Subquery(sent))
    yield asked.filter(Exists(narrow), Exists(elsewhere), ~Exists(changed))


def _told(kind: EventKind, subject: str) -> QuerySet[Event]:
    return Event.objects.filter(kind=kind, subject=subject, subject_id=OuterRef("pk")).order_by("pk")


@invariant(5, among=Reference.objects.filter(purpose=ReferencePurpose.RECORD, case__state=CaseState.OPEN))
def same_reference_is_on_one_open_case(_today: date) -> Iterator[Rows]:
    """A reference is on one open case only, unless a request to join one of them was declined."""
    said_no = JoinRequest.objects.filter(state=JoinState.DECLINED)
    twins = Reference.objects.filter(
        number_index=OuterRef("number_index"),
        purpose=ReferencePurpose.RECORD,
        case__state=CaseState.OPEN,
        case__lt=OuterRef("case"),
    ).filter(~Exists(said_no.filter(case=OuterRef("case"))))
    yield Reference.objects.filter(
        ~Exists(said_no.filter(case=OuterRef("case"))),
        Exists(twins),
        purpose=ReferencePurpose.RECORD,
        case__state=CaseState.OPEN,
    )
