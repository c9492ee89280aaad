"""What a move still lacks before the child can be handed over, row by row, each with the way to it."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from coordination.models import BasisKind, Involvement, InvolvementKind, Transition
from coordination.queries.transitions import Readiness
from coordination.rules.access import is_in_force
from coordination.rules.day_words import day_words, due_words
from coordination.web.cases.rows import Act, Row
from coordination.web.transitions.saying import way_words

# Until then what a move lacks is only still to come: nobody has done anything wrong.
NEAR = timedelta(weeks=8)


def rows_of_readiness(move: Transition, has: Readiness, today: date, *, may_act: bool, takes_part: bool) -> list[Row]:
    """Build the rows: receiver, basis, the child and the parents. ``may_act``: the reader may change the move."""
    rows = [_basis_row(move, has, today, may_act=may_act)]
    if not move.template.kind.leaves_town:
        rows.insert(0, _receiver_row(move, today, may_act=may_act))
    rows.append(_asked_row(move, has.child, InvolvementKind.CHILD, today, takes_part=takes_part))
    rows.append(_asked_row(move, has.parents, InvolvementKind.PARENTS, today, takes_part=takes_part))
    return rows


def _receiver_row(move: Transition, today: date, *, may_act: bool) -> Row:
    known = move.to_unit is not None
    facts = [way_words(move)] if known else []
    if move.declined_unit is not None and not known:
        facts = _no_words(move)
    acts = []
    if may_act:
        label = _("Another receiver") if known else _("Find a receiver")
        acts = [Act(label, reverse("transition_receiver", args=[move.pk]))]
    shape = _shape(move, today, is_there=known)
    return Row(_("Receiver"), shape, _("known") if known else _("not known yet"), facts, acts)


def _no_words(move: Transition) -> list[str]:
    if move.declined_unit is None:
        return []
    unit = {"unit": move.declined_unit.name}
    if move.decline_reason is not None:
        said = _("%(unit)s said no: %(reason)s") % {**unit, "reason": move.decline_reason.label}
    else:
        said = _("%(unit)s has closed") % unit
    onward = [_("They point to %(unit)s") % {"unit": move.onward_unit.name}] if move.onward_unit is not None else []
    return [said, *onward]


def _basis_row(move: Transition, has: Readiness, today: date, *, may_act: bool) -> Row:
    facts = []
    if has.basis_allows and has.basis is not None:
        if has.basis.kind == BasisKind.CONSENT and has.basis.ends_on is not None:
            facts = [_("Consent until %(day)s") % {"day": due_words(has.basis.ends_on, today)}]
            if has.basis.ends_on < move.move_on:
                facts.append(_("it ends before the move"))
        elif has.basis.statutory is not None:
            facts = [has.basis.statutory.label]
    elif has.shares and move.to_unit is not None and is_in_force(has.basis, today):
        facts = [_("the basis does not cover %(unit)s") % {"unit": move.to_unit.name}]
    elif not has.shares:
        facts = [_("There is no reference to share")]
    acts = []
    if may_act and not has.has_basis:
        acts = [Act(_("Record a basis"), reverse("basis_record", args=[move.case.code]))]
    words = (_("in order") if has.basis_allows else _("not needed")) if has.has_basis else _("missing")
    return Row(_("Basis for sharing"), _shape(move, today, is_there=has.has_basis), words, facts, acts)


def _asked_row(
    move: Transition, noted: Involvement | None, kind: InvolvementKind, today: date, *, takes_part: bool
) -> Row:
    is_child = kind == InvolvementKind.CHILD
    facts = []
    if noted is not None:
        chosen = noted.form or noted.reason
        facts = [chosen.label if chosen else "", day_words(noted.on, today)]
    if noted is None:
        words = _("to be asked before the hand-over")
    elif not noted.took_place:
        words = _("not yet, with a reason")
    else:
        words = _("heard") if is_child else _("took part")
    acts = []
    if takes_part and (noted is None or not noted.took_place):
        page = reverse("child_heard" if is_child else "parents_involved", args=[move.case.code])
        acts = [Act(_("Note it"), f"{page}?overgang={move.pk}")]
    shape = _shape(move, today, is_there=noted is not None)
    return Row(_("The child") if is_child else _("The parents"), shape, words, facts, acts)


def _shape(move: Transition, today: date, *, is_there: bool) -> str:
    if is_there:
        return "done"
    return "late" if move.move_on - today < NEAR else "later"
