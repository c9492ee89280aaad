"""Vocabularies: the words a municipality chooses between instead of writing free text about a case.

A term is retired rather than deleted, so that what was said with it can still be read.
"""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class TermQuerySet(models.QuerySet["Term"]):
    """Terms in the order the municipality has put them in."""

    def current(self) -> TermQuerySet:
        """Keep the terms that can still be chosen."""
        return self.filter(is_retired=False)


class Term(models.Model):
    """One choice of a vocabulary: a code for programs, a Danish and an English label for people."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    label_da = models.CharField(_("Danish label"), max_length=80)
    label_en = models.CharField(_("English label"), max_length=80)
    hint_da = models.CharField(_("Danish hint"), max_length=160, blank=True)
    hint_en = models.CharField(_("English hint"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_retired = models.BooleanField(
        _("retired"), default=False, help_text=_("No longer offered; what was said with it stays readable.")
    )

    objects = TermQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["position", "code"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The label in the reader's language."""
        return self.label_en if get_language() == "en" else self.label_da

    @property
    def hint(self) -> str:
        """The hint in the reader's language; may be empty."""
        return self.hint_en if get_language() == "en" else self.hint_da


class UnitKind(Term):
    """What a unit is: a school, a daycare, a health service …"""

    class Meta(Term.Meta):
        verbose_name = _("unit kind")
        verbose_name_plural = _("unit kinds")


class Theme(Term):
    """A coarse arena that diagnoses nothing; ``helpers`` are the kinds of units that usually help with it."""

    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class ThemeHelper(models.Model):
    """That units of a kind usually help with a theme, and at which place among its helpers they are suggested."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, verbose_name=_("theme"), related_name="helpers")
    unitkind = models.ForeignKey(UnitKind, on_delete=models.CASCADE, verbose_name=_("unit kind"), related_name="+")
    position = models.PositiveSmallIntegerField(_("position"), default=100, db_default=100)

    class Meta:
        verbose_name = _("kind of units that usually help")
        verbose_name_plural = _("kinds of units that usually help")
        ordering: ClassVar = ["position", "id"]
        # The names of the plain list of kinds that there was first, so that older code goes on beside it.
        db_table = "coordination_theme_unit_kinds"
        unique_together: ClassVar = [("theme", "unitkind")]

    def __str__(self) -> str:
        return f"{self.theme}: {self.unitkind}"


class Ask(Term):
    """What a partner is asked for."""

    class Meta(Term.Meta):
        verbose_name = _("ask")
        verbose_name_plural = _("asks")


class DeclineReason(Term):
    """Why a unit or a person says no."""

    class Meta(Term.Meta):
        verbose_name = _("reason to decline")
        verbose_name_plural = _("reasons to decline")


class LeaveReason(Term):
    """Why a partner leaves before its part is done."""

    class Meta(Term.Meta):
        verbose_name = _("reason to leave")
        verbose_name_plural = _("reasons to leave")


class PartnershipOutcome(Term):
    """What came of a partner's part."""

    class Meta(Term.Meta):
        verbose_name = _("outcome of a partnership")
        verbose_name_plural = _("outcomes of partnerships")


class CaseOutcome(Term):
    """What came of a case."""

    class Meta(Term.Meta):
        verbose_name = _("outcome of a case")
        verbose_name_plural = _("outcomes of cases")


class ReopenReason(Term):
    """Why a closed case is opened again."""

    class Meta(Term.Meta):
        verbose_name = _("reason to reopen")
        verbose_name_plural = _("reasons to reopen")


class AssignReason(Term):
    """Why a leader assigns the baton."""

    class Meta(Term.Meta):
        verbose_name = _("reason to assign")
        verbose_name_plural = _("reasons to assign")


class AgreementKind(Term):
    """The kind of action agreed on."""

    class Meta(Term.Meta):
        verbose_name = _("kind of agreement")
        verbose_name_plural = _("kinds of agreements")


class DropReason(Term):
    """Why an agreement is dropped."""

    class Meta(Term.Meta):
        verbose_name = _("reason to drop")
        verbose_name_plural = _("reasons to drop")


class MeetingKind(Term):
    """The kind of a meeting."""

    class Meta(Term.Meta):
        verbose_name = _("kind of meeting")
        verbose_name_plural = _("kinds of meetings")


class StatutoryBasis(Term):
    """A legal basis for sharing, written by the municipality: none is shipped with paragraph numbers.

    Whoever it does not cover loses what it shared at once, also in cases in which it has been recorded.
    """

    covers_all = models.BooleanField(_("covers all kinds of units"), default=False, db_default=True)
    covers = models.ManyToManyField(
        UnitKind,
        blank=True,
        verbose_name=_("covers these kinds of units"),
        related_name="+",
        help_text=_("A reference is shared with units of these kinds only."),
    )

    class Meta(Term.Meta):
        verbose_name = _("statutory basis")
        verbose_name_plural = _("statutory bases")


class LookReason(Term):
    """Why a leader opens a reference."""

    class Meta(Term.Meta):
        verbose_name = _("reason to open a reference")
        verbose_name_plural = _("reasons to open a reference")


class KeepReason(Term):
    """Why words of a practical note are kept though screening warned of them."""

    class Meta(Term.Meta):
        verbose_name = _("reason to keep marked words")
        verbose_name_plural = _("reasons to keep marked words")


class LevelName(Term):
    """What the municipality calls a derived level; the code is its number, 0 to 3."""

    class Meta(Term.Meta):
        verbose_name = _("level")
        verbose_name_plural = _("levels")


class ReferenceSystem(Term):
    """A journal system that references point into."""

    pattern = models.CharField(
        _("pattern"),
        max_length=120,
        help_text=_("A regular expression that the whole number must match, for example [0-9]{4}-[0-9]{3,8}"),
    )
    example = models.CharField(_("example"), max_length=40)
    link_template = models.CharField(
        _("link template"),
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(r"^https://[^\s{}]*\{number\}[^\s{}]*$", _("An https address with {number} in it."))
        ],
        help_text=_("Where a record is opened, with {number} in the place of the number. May be empty."),
    )

    class Meta(Term.Meta):
        verbose_name = _("journal system")
        verbose_name_plural = _("journal systems")


class InvolvementForm(Term):
    """How a child was heard or parents took part."""

    for_child = models.BooleanField(_("for the child"), default=True)
    for_parents = models.BooleanField(_("for the parents"), default=True)

    class Meta(Term.Meta):
        verbose_name = _("form of involvement")
        verbose_name_plural = _("forms of involvement")


class NotInvolvedReason(Term):
    """Why a child was not heard, or parents did not take part, for now."""

    for_child = models.BooleanField(_("for the child"), default=True)
    for_parents = models.BooleanField(_("for the parents"), default=True)

    class Meta(Term.Meta):
        verbose_name = _("reason not to be involved yet")
        verbose_name_plural = _("reasons not to be involved yet")


class NotRelevantReason(Term):
    """Why a milestone is not relevant."""

    class Meta(Term.Meta):
        verbose_name = _("reason why a milestone is not relevant")
        verbose_name_plural = _("reasons why a milestone is not relevant")


class CancelReason(Term):
    """Why a transition is cancelled."""

    class Meta(Term.Meta):
        verbose_name = _("reason to cancel a transition")
        verbose_name_plural = _("reasons to cancel a transition")


class MissingKnowledge(Term):
    """What kind of knowledge was missing after a move."""

    class Meta(Term.Meta):
        verbose_name = _("kind of missing knowledge")
        verbose_name_plural = _("kinds of missing knowledge")


class TransitionKind(Term):
    """A kind of move. ``next_kind``: the move that usually follows it, on the next day of its own."""

    from_kinds = models.ManyToManyField(UnitKind, blank=True, verbose_name=_("from units of kind"), related_name="+")
    to_kinds = models.ManyToManyField(UnitKind, blank=True, verbose_name=_("to units of kind"), related_name="+")
    leaves_town = models.BooleanField(_("to another municipality"), default=False)
    move_month = models.PositiveSmallIntegerField(_("usual month of the move"), null=True, blank=True)
    move_day = models.PositiveSmallIntegerField(_("usual day of the move"), null=True, blank=True)
    next_kind = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("usually followed by"),
        related_name="+",
    )

    class Meta(Term.Meta):
        verbose_name = _("kind of transition")
        verbose_name_plural = _("kinds of transitions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(move_month=None, move_day=None)
                | Q(move_month__isnull=False, move_day__isnull=False)
                & Q(move_month__gte=1, move_month__lte=12, move_day__gte=1, move_day__lte=28),
                name="transition_kind_usual_day",
            )
        ]


class MilestoneKind(Term):
    """What is done at a milestone. ``is_meeting``: the two units meet over it."""

    is_meeting = models.BooleanField(_("is a meeting of both units"), default=False)

    class Meta(Term.Meta):
        verbose_name = _("kind of milestone")
        verbose_name_plural = _("kinds of milestones")


VOCABULARIES: tuple[type[Term], ...] = (
    UnitKind,
    Theme,
    Ask,
    DeclineReason,
    LeaveReason,
    PartnershipOutcome,
    CaseOutcome,
    ReopenReason,
    AssignReason,
    AgreementKind,
    DropReason,
    MeetingKind,
    StatutoryBasis,
    LookReason,
    KeepReason,
    LevelName,
    ReferenceSystem,
    InvolvementForm,
    NotInvolvedReason,
    NotRelevantReason,
    CancelReason,
    MissingKnowledge,
    TransitionKind,
    MilestoneKind,
)
