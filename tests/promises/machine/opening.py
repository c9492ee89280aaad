"""Steps of cases: opened, closed, reopened, looked at; their references and bases."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from coordination.commands.bases import BasisDraft, record_basis, withdraw_basis
from coordination.commands.cases import add_reference, close_case, open_case, reopen_case
from coordination.commands.invitations import accept_invitation
from coordination.commands.looks import look_at_case, open_reference
from coordination.models import (
    AccessRecord,
    Ask,
    BasisKind,
    CaseOutcome,
    Giver,
    LookReason,
    ReopenReason,
    StatutoryBasis,
    Theme,
    UnitKind,
)
from coordination.models import Basis as BasisRow
from coordination.models import Case as CaseRow
from coordination.models import Invitation as InvitationRow
from coordination.models import Reference as ReferenceRow
from tests.builders import a_reference, term
from tests.promises.machine.base import RefusalKind, pick
from tests.promises.machine.joining import NUMBERS, Joining
from tests.promises.machine.rights import LEADER, NONE
from tests.promises.machine.story import Basis, Case, Invitation, Partner, Reference

KINDS = st.sampled_from(["none", "short", "short", "long", "narrow", "narrow", "statutory", "anonymous"])
# A consent that names what it covers.
NARROW = ("skole", "ppr")


def covers_of(basis: BasisDraft | None) -> frozenset[str] | None:
    """The kinds of units that a basis names; None where it covers all."""
    return frozenset(kind.code for kind in basis.covers) if basis and basis.covers else None


class Opening(Joining):
    """Cases from their opening to their closing, and why they may be shared."""

    def open_two_cases(self, number: int) -> None:
        """One that was shared with a partner who accepted, and one of anonymous sparring that waits."""
        shared = self.open("maja", "school", NUMBERS[number % 2], self.draft("long"), [("ppr", None)])
        self.open("rikke", "kindergarten", None, None, [("health", None), ("kindergarten", None)])
        case = self.happenings.cases[shared]
        invitation = next(iter(case.invitations.values()))
        row = accept_invitation(
            invitation=InvitationRow.objects.get(pk=invitation.pk), actor=self.user("anna"), now=self.now
        )
        invitation.state, invitation.answered_by = "accepted", "anna"
        case.partners[row.pk] = Partner(row.pk, "ppr", "anna", invitation.pk)

    def draft(self, kind: str) -> BasisDraft | None:
        """A basis as it is given."""
        if kind == "none":
            return None
        if kind == "statutory":
            return BasisDraft(BasisKind.STATUTORY, statutory=self.any_term(StatutoryBasis))
        if kind == "anonymous":
            return BasisDraft(BasisKind.ANONYMOUS)
        return BasisDraft(
            BasisKind.CONSENT,
            given_by=Giver.SOLE,
            ends_on=self.today + timedelta(days=0 if kind == "short" else 200),
            covers=tuple(term(UnitKind, code) for code in NARROW) if kind == "narrow" else (),
            covers_all=kind != "narrow",
        )

    def open(
        self,
        actor: str,
        unit: str,
        number: str | None,
        basis: BasisDraft | None,
        invite: list[tuple[str, str | None]],
    ) -> int:
        """Open a case and believe in it; give its id, or 0 where that is refused."""
        case = Case(0, actor, unit, holders={actor})
        if number is not None:
            case.references[0] = Reference(0, unit, number, is_record=True)
        if basis is not None or number is None:
            kind = basis.kind.value if basis and number else "anonymous"
            case.bases[0] = Basis(0, kind, basis.ends_on if basis and number else None, covers_of(basis))
        refusals: list[RefusalKind] = [
            self.unacceptable(self.town.place_of(actor, unit) is None),
            self.unacceptable(bool(number and basis and basis.kind == BasisKind.ANONYMOUS)),
            self.moved_on(bool(number and self.with_reference(number, unit))),
        ]
        for asked, person in invite:
            refusals += self.cannot_be_asked(case, asked, person)
            case.invitations[-1 - len(case.invitations)] = Invitation(0, asked, person, actor)
        case.invitations.clear()
        for row in self.attempt(
            actor,
            lambda: open_case(
                theme=self.any_term(Theme),
                ask=self.any_term(Ask),
                unit=self.unit_row(unit),
                invite=[(self.unit_row(asked), self.user(person) if person else None) for asked, person in invite],
                reference=a_reference(number) if number else None,
                basis=basis,
                actor=self.user(actor),
                now=self.now,
            ),
            *refusals,
        ):
            self._believe_in(row, case, number, invite)
            return row.pk
        return 0

    def _believe_in(self, row: CaseRow, case: Case, number: str | None, invite: list[tuple[str, str | None]]) -> None:
        case.pk = row.pk
        self.happenings.cases[row.pk] = case
        self.happenings.tell("case_opened", case)
        case.references.clear()
        if number is not None:
            self._believe_in_reference(case, row.references.get(), number)
        if case.bases:
            [basis] = case.bases.values()
            case.bases.clear()
            self._believe_in_basis(case, row.bases.get(), basis.kind, basis.covers)
        for asked, person in invite:
            sent = row.invitations.get(unit_id=self.names.units[asked])
            case.invitations[sent.pk] = Invitation(sent.pk, asked, person, case.holder)
            self.happenings.tell("invitation_sent", case)

    def _believe_in_reference(self, case: Case, row: ReferenceRow, number: str) -> None:
        case.references[row.pk] = Reference(row.pk, case.unit, number, is_record=True)
        self.happenings.tell("reference_added", case)

    def _believe_in_basis(self, case: Case, row: BasisRow, kind: str, covers: frozenset[str] | None) -> None:
        before = case.basis()
        if before is not None:
            before.state = "replaced"
        case.bases[row.pk] = Basis(row.pk, kind, row.ends_on, covers)
        case.renewal = row.pk if kind == "consent" else None
        self.happenings.tell("basis_recorded", case)

    @precondition(lambda self: len(self.cases(is_open=None)) < 5)
    @rule(who=pick, where=pick, number=st.sampled_from([None, *NUMBERS]), kind=KINDS, partners=pick)
    def open_another(self, who: int, where: int, number: str | None, kind: str, partners: int) -> None:
        """A professional notices a challenge."""
        actor = self.someone(who, lambda name: bool(self.town.units_of(name)))
        unit = self.prefer(where, self.town.units_of(actor), list(self.names.units))
        codes = list(self.names.units)
        units = dict.fromkeys([codes[partners % len(codes)], codes[partners // 9 % len(codes)]])
        invite: list[tuple[str, str | None]] = [(code, None) for code in units]
        self.open(actor, unit, number, self.draft(kind), invite[: partners % 3])

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, number=st.sampled_from(NUMBERS), kind=KINDS)
    def add_reference(self, who: int, which: int, number: str, kind: str) -> None:
        """The holder adds a reference."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        basis = self.draft(kind)
        has_it = any(found.is_record and found.number == number for found in case.references.values())
        for row in self.attempt(
            actor,
            lambda: add_reference(
                case=self.case_row(case),
                reference=a_reference(number),
                basis=basis,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(basis is None and not case.may_share(self.today)),
            self.unacceptable(kind == "anonymous"),
            self.moved_on(self.with_reference(number, case.unit, other_than=case) is not None),
            self.moved_on(has_it),
        ):
            self._believe_in_reference(case, row, number)
            if basis is not None:
                newest = BasisRow.objects.filter(case_id=case.pk).latest("pk")
                self._believe_in_basis(case, newest, basis.kind.value, covers_of(basis))

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick, kind=KINDS.filter(lambda kind: kind != "none"))
    def record_basis(self, who: int, which: int, kind: str) -> None:
        """The holder records why information may be shared."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        basis = self.draft(kind)
        assert basis is not None
        for row in self.attempt(
            actor,
            lambda: record_basis(case=self.case_row(case), draft=basis, actor=self.user(actor), now=self.now),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(kind == "anonymous" and bool(case.references)),
        ):
            self._believe_in_basis(case, row, basis.kind.value, covers_of(basis))

    @precondition(lambda self: any(case.bases for case in self.cases(is_open=None)))
    @rule(who=pick, which=pick)
    def withdraw_basis(self, who: int, which: int) -> None:
        """The holder withdraws a basis."""
        bases = [(case, found) for case in self.cases(is_open=None) for found in case.bases.values()]
        case, basis = self.prefer(which, [pair for pair in bases if pair[1].state == "active"], bases)
        actor = self.someone(who, lambda name: self.rights.holds(name, case))
        for _row in self.attempt(
            actor,
            lambda: withdraw_basis(basis=BasisRow.objects.get(pk=basis.pk), actor=self.user(actor), now=self.now),
            self.unless(self.rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open or basis.state != "active"),
        ):
            basis.state = "withdrawn"
            self.happenings.tell("basis_withdrawn", case)

    @precondition(lambda self: len(self.cases()) > 1)
    @rule(who=pick, which=pick)
    def close(self, who: int, which: int) -> None:
        """The holder closes a case."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        rights = self.rights
        actor = self.someone(who, lambda name: rights.holds(name, case))
        for _row in self.attempt(
            actor,
            lambda: close_case(
                case=self.case_row(case),
                outcome=self.any_term(CaseOutcome),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(rights.holds(actor, case), actor, case),
            self.moved_on(not case.is_open),
            self.unacceptable(any(move.state in ("handed_over", "received") for move in case.moves.values())),
        ):
            self.happenings.close_case(case)

    @precondition(lambda self: self.cases(is_open=False))
    @rule(who=pick, which=pick)
    def reopen(self, who: int, which: int) -> None:
        """The one who held it last opens a case again."""
        case = self.prefer(which, self.cases(is_open=False), self.cases(is_open=None))
        rights = self.rights
        actor = self.someone(who, lambda name: rights.holds(name, case))
        numbers = [found.number for found in case.references.values() if found.is_record]
        twins = [self.with_reference(number, case.unit, other_than=case) for number in numbers]
        for _row in self.attempt(
            actor,
            lambda: reopen_case(
                case=self.case_row(case),
                reason=self.any_term(ReopenReason),
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(rights.holds(actor, case), actor, case),
            self.moved_on(case.is_open),
            self.unacceptable(self.town.place_of(case.holder, case.unit) is None),
            self.moved_on(any(twins)),
        ):
            case.is_open, case.fell = True, False
            newest = next(reversed(case.bases.values()), None)
            wanted = newest and newest.kind == "consent" and newest.state in ("active", "expired")
            case.renewal = newest.pk if newest and wanted else None
            self.happenings.tell("case_reopened", case)

    @precondition(lambda self: self.cases(is_open=None))
    @rule(who=pick, which=pick)
    def look(self, who: int, which: int) -> None:
        """Somebody looks at a case: whoever plays a part, and it is logged."""
        case = self.prefer(which, self.cases(), self.cases(is_open=None))
        part = self.rights.part
        actor = self.someone(who, lambda name: part(name, case) > NONE)
        before = AccessRecord.objects.count()
        for seen in self.attempt(
            actor,
            lambda: look_at_case(case=self.case_row(case), actor=self.user(actor), now=self.now),
            self.unless(part(actor, case) > NONE, actor, case),
        ):
            assert seen == part(actor, case)
            assert AccessRecord.objects.count() == before + 1

    @precondition(lambda self: any(case.references for case in self.cases(is_open=None)))
    @rule(who=pick, which=pick, gives_reason=st.booleans())
    def open_number(self, who: int, which: int, gives_reason: bool) -> None:
        """Somebody opens a reference; a leader says why, and the holder learns of it."""
        all_of_them = [(case, found) for case in self.cases(is_open=None) for found in case.references.values()]
        case, reference = self.prefer(which, [pair for pair in all_of_them if pair[0].is_open], all_of_them)
        rights = self.rights
        actor = self.someone(who, lambda name: rights.part(name, case) >= LEADER)
        reads = rights.reads_to_receive(actor, case, reference)
        is_leader = rights.part(actor, case) == LEADER and not reads
        before = AccessRecord.objects.filter(reference_id=reference.pk).count()
        for number in self.attempt(
            actor,
            lambda: open_reference(
                reference=ReferenceRow.objects.get(pk=reference.pk),
                reason=self.any_term(LookReason) if gives_reason else None,
                actor=self.user(actor),
                now=self.now,
            ),
            self.unless(
                reads or rights.opens(actor, case, reference),
                actor,
                case,
                sees=rights.is_to_receive(actor, case) and reference.is_record,
            ),
            self.unacceptable(is_leader and not gives_reason),
        ):
            assert number == reference.number
            assert AccessRecord.objects.filter(reference_id=reference.pk).count() == before + 1
            if is_leader:
                self.happenings.tell("reference_opened", case)
