"""Who is let in at which address: DOMAIN's table, address by address, written by hand.

Whoever stands in no column gets the answer that something gets that never existed; nobody signed in is led to signing
in; a method that is in no row of an address is refused. The people: see ``tests.builders`` and ``cast``.
"""

from __future__ import annotations

from dataclasses import dataclass

EVERYBODY = "everybody"  # who is signed in
ANYBODY = "anybody"  # also who is not
SHUT = "shut"  # to all
SIGNED_OUT = "signed out"  # whoever was signed in, and is led to signing in like everybody else

# The rich case. What Finn and Rikke, who once took part, still find of it is a receipt.
HOLDERS = "maja stine"  # Stine stands in for Maja
CONTACTS = "anna hanne fie"
LEADERS = "lone per sanne dorte karin"  # of units that take part, and above
FORMER = "finn rikke"
PARTNERS = f"{HOLDERS} {CONTACTS}"
ABOVE_ALL = "dorte karin"  # leader and coordinator of the whole municipality
# The case of which PPR was asked, and nobody has answered.
ASKED = f"anna anton per {ABOVE_ALL}"
ABOVE_SCHOOL = f"lone sanne {ABOVE_ALL}"
# The partnership of PPR in the rich case.
SPOKEN_FOR_PPR = f"anna per {ABOVE_ALL}"
OTHERS_THAN_PPR = f"{HOLDERS} hanne fie lone sanne"
# The moves from the kindergarten to the school; those handed over are seen by the whole school until received.
SENDERS = f"rikke kirsten {ABOVE_ALL}"
RECEIVED_BY = f"{HOLDERS} {ABOVE_SCHOOL}"
RECEIVERS = f"mads {RECEIVED_BY}"
ALL_LEADERS = f"lise lone per sanne kirsten {ABOVE_ALL}"
OFFICERS = "dorthe"
WITHOUT_UNIT = "admin dorthe"  # whom nobody asks to take part in anything


@dataclass(frozen=True)
class Row:
    """Who is let in at an address by these methods; and to whom it is said that there is a thing, not for them."""

    name: str
    methods: str
    let_in: str
    forbidden: str = ""


TABLE: tuple[Row, ...] = (
    # --- For machines, and before signing in ---
    Row("health/live", "GET HEAD", ANYBODY),
    Row("health/ready", "GET HEAD", ANYBODY),
    Row("metrics", "GET HEAD", SHUT),  # where no token is set: see tests of the figures for machines
    Row("notifications:service_worker", "GET HEAD", ANYBODY),
    Row("notifications:feed", "GET HEAD", ANYBODY),  # who has the secret: see test_rights_that_end
    Row("set_language", "GET HEAD POST", ANYBODY),
    Row("sign_in", "GET HEAD POST", ANYBODY),
    # --- One's own ---
    Row("sign_out", "GET HEAD", EVERYBODY),
    Row("sign_out", "POST", SIGNED_OUT),
    Row("desk", "GET HEAD", EVERYBODY),
    Row("cases", "GET HEAD", EVERYBODY),
    Row("find_case", "GET HEAD POST", EVERYBODY),
    Row("absence", "GET HEAD POST", EVERYBODY),
    Row("absence_end", "GET HEAD", EVERYBODY),
    Row("absence_end", "POST", f"maja {ABOVE_SCHOOL}"),
    Row("notifications:bell", "GET HEAD", EVERYBODY),
    Row("notifications:read", "GET HEAD POST", EVERYBODY),
    Row("notifications:choices", "GET HEAD POST", EVERYBODY),
    Row("notifications:device_add", "GET HEAD POST", EVERYBODY),
    Row("notifications:device_remove", "GET HEAD", EVERYBODY),
    Row("notifications:device_remove", "POST", "maja"),
    Row("notifications:feed_make", "GET HEAD POST", EVERYBODY),
    Row("notifications:feed_remove", "GET HEAD POST", EVERYBODY),
    # --- The directory ---
    Row("units", "GET HEAD", EVERYBODY),
    # --- The rich case ---
    Row("case", "GET HEAD", f"{PARTNERS} {LEADERS} {FORMER}"),
    Row("case_opened", "GET HEAD", HOLDERS),
    Row("case_looks", "GET HEAD", PARTNERS, LEADERS),
    Row("case_close", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("case_reopen", "GET HEAD POST", HOLDERS),  # one that has been closed: others never hear whether it was
    Row("reference_add", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("reference_open", "GET HEAD", f"{PARTNERS} {LEADERS} {FORMER}"),
    Row("reference_open", "POST", f"{PARTNERS} {LEADERS}"),
    Row("basis_record", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("basis_withdraw", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("agreement_make", "GET HEAD POST", PARTNERS, LEADERS),
    Row("agreement_done", "GET HEAD POST", f"{HOLDERS} anna", f"hanne fie {LEADERS}"),
    Row("agreement_move", "GET HEAD POST", f"{HOLDERS} anna", f"hanne fie {LEADERS}"),
    Row("agreement_drop", "GET HEAD POST", f"{HOLDERS} anna", f"hanne fie {LEADERS}"),
    Row("agreement_look", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("meeting_call", "GET HEAD POST", PARTNERS, LEADERS),
    Row("meeting", "GET HEAD", f"{PARTNERS} {LEADERS}"),
    Row("notifications:meeting_file", "GET HEAD", f"{PARTNERS} {LEADERS}"),
    Row("meeting_answer", "GET HEAD", EVERYBODY),
    Row("meeting_answer", "POST", f"{HOLDERS} anna hanne", f"fie {LEADERS}"),
    Row("meeting_move", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("meeting_cancel", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("meeting_hold", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("invitation_note", "GET HEAD POST", HOLDERS, ABOVE_SCHOOL),
    Row("agreement_note", "GET HEAD POST", f"{HOLDERS} anna", f"hanne fie {LEADERS}"),
    Row("meeting_note", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    # --- Asks ---
    Row("open_case", "GET HEAD POST", EVERYBODY, WITHOUT_UNIT),
    Row("open_case_partners", "GET HEAD", EVERYBODY),
    Row("open_case_partners", "POST", EVERYBODY, WITHOUT_UNIT),
    Row("join_ask", "GET HEAD", EVERYBODY),
    Row("join_ask", "POST", EVERYBODY, WITHOUT_UNIT),
    Row("join_request", "GET HEAD", f"{HOLDERS} ove"),
    Row("join_request", "POST", HOLDERS, "ove"),
    Row("join_withdraw", "GET HEAD POST", "ove", HOLDERS),
    Row("invite", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("invitation", "GET HEAD", ASKED),
    Row("invitation_accept", "GET HEAD", EVERYBODY),
    Row("invitation_accept", "POST", ASKED),
    Row("invitation_decline", "GET HEAD POST", ASKED),
    Row("invitation_withdraw", "GET HEAD POST", HOLDERS, ABOVE_SCHOOL),
    Row("onward", "GET HEAD POST", ABOVE_SCHOOL, f"{PARTNERS} per"),
    Row("search_drop", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("partnership_complete", "GET HEAD POST", f"{HOLDERS} {SPOKEN_FOR_PPR}", "hanne fie lone sanne"),
    Row("partnership_leave", "GET HEAD POST", SPOKEN_FOR_PPR, OTHERS_THAN_PPR),
    Row("partnership_contact", "GET HEAD POST", SPOKEN_FOR_PPR, OTHERS_THAN_PPR),
    # --- The baton ---
    Row("handover_offer", "GET HEAD POST", "mads", ABOVE_SCHOOL),  # of the case that he wants to be released from
    Row("release", "GET HEAD POST", HOLDERS, f"{CONTACTS} {LEADERS}"),
    Row("release_withdraw", "GET HEAD POST", "mads", ABOVE_SCHOOL),
    Row("assign", "GET HEAD POST", ABOVE_SCHOOL, "mads"),
    Row("baton_request", "GET HEAD POST", SPOKEN_FOR_PPR, OTHERS_THAN_PPR),
    Row("handover", "GET HEAD", f"{HOLDERS} anna"),
    Row("handover_accept", "GET HEAD", EVERYBODY),
    Row("handover_accept", "POST", "anna", HOLDERS),
    Row("handover_decline", "GET HEAD", EVERYBODY),
    Row("handover_decline", "POST", "anna", HOLDERS),
    Row("handover_withdraw", "GET HEAD POST", HOLDERS, "anna"),
    # --- Moves ---
    Row("child_heard", "GET HEAD POST", "rikke", f"kirsten {ABOVE_ALL}"),
    Row("parents_involved", "GET HEAD POST", "rikke", f"kirsten {ABOVE_ALL}"),
    Row("transition_plan", "GET HEAD POST", SENDERS),
    Row("transition_plan_next", "GET HEAD POST", f"kirsten {RECEIVED_BY}", "rikke"),
    Row("transition", "GET HEAD", f"rikke kirsten {RECEIVERS}"),
    Row("transition_postpone", "GET HEAD POST", SENDERS, "mads maja stine lone sanne"),
    Row("transition_receiver", "GET HEAD POST", SENDERS),  # one that the school has said no to
    Row("transition_cancel", "GET HEAD POST", SENDERS, "mads maja stine lone sanne"),
    Row("transition_hand_over", "GET HEAD POST", SENDERS, "mads maja stine lone sanne"),
    Row("transition_receive", "GET HEAD POST", RECEIVERS, "rikke kirsten"),
    Row("transition_decline", "GET HEAD POST", RECEIVERS, "rikke kirsten"),
    Row("transition_follow_up", "GET HEAD POST", RECEIVED_BY, "rikke kirsten"),
    Row("transition_review", "GET HEAD POST", f"kirsten {ABOVE_ALL}", "rikke maja stine lone sanne"),
    Row("milestone_done", "GET HEAD POST", SENDERS, "mads maja stine lone sanne"),
    Row("milestone_skip", "GET HEAD POST", SENDERS, "mads maja stine lone sanne"),
    # --- Leaders ---
    Row("board", "GET HEAD", ALL_LEADERS),
    Row("board_calendar", "GET HEAD", ALL_LEADERS),
    Row("board_print", "GET HEAD", ALL_LEADERS),
    Row("board_csv", "GET HEAD", ALL_LEADERS),
    Row("board_review", "POST", ALL_LEADERS),
    Row("board_remind", "POST", f"kirsten {ABOVE_SCHOOL}"),
    Row("cohort", "GET HEAD", ALL_LEADERS),
    Row("cohort_csv", "GET HEAD", ""),  # of no kind of move that is named: see the tour for one that is
    Row("cohort_file", "GET HEAD POST", ALL_LEADERS),
    Row("cohort_preview", "POST", ALL_LEADERS),
    Row("cohort_plan", "POST", ALL_LEADERS),
    Row("figures", "GET HEAD", ALL_LEADERS),
    Row("figures_file", "GET HEAD", ALL_LEADERS),
    Row("kept_notes", "GET HEAD", f"{ALL_LEADERS} {OFFICERS}"),
    Row("look_sample", "GET HEAD POST", ABOVE_SCHOOL),
    # --- The data-protection officer, and who keeps a case for a complaint ---
    Row("protection", "GET HEAD", OFFICERS),
    Row("protection_export", "GET HEAD", ""),  # of no case that is named
    Row("subject", "GET HEAD POST", OFFICERS),
    Row("subject_file", "POST", ""),  # of nothing that was found a moment ago
    Row("outside_find", "GET HEAD", f"{OFFICERS} karin"),
    Row("outside", "GET HEAD", f"{OFFICERS} karin"),
    Row("outside_erase", "GET HEAD POST", OFFICERS),
    Row("outside_hold", "GET HEAD POST", f"{OFFICERS} karin"),
    Row("outside_let_go", "GET HEAD POST", f"{OFFICERS} karin"),
    Row("outside_ask", "GET HEAD POST", OFFICERS),
    Row("outside_take_back", "GET HEAD POST", OFFICERS),
)

# Units are everybody's to know, but an officer's: she takes part in none. Everybody knows whose they are not to change.
OF_UNITS: tuple[Row, ...] = (
    Row("unit", "GET HEAD", EVERYBODY),
    Row("unit_offers", "GET HEAD POST", f"per {ABOVE_ALL}", EVERYBODY),
    Row("notifications:receivers", "GET HEAD POST", f"per {ABOVE_ALL}", EVERYBODY),
)

# --- The administration: for administrators, and nobody else ------------------------------------------------
# By the app; nothing is deleted.
ADMINISTERED = {
    "coordination": """
        agreementkind ask assignreason cancelreason caseoutcome closingperiod deadlinerule declinereason dropreason
        figurerule involvementform keepreason leavereason levelname lookreason meetingkind membership milestonekind
        missingknowledge noterule notinvolvedreason notrelevantreason partnershipoutcome referencesystem reopenreason
        retentionrule room statutorybasis theme transitionkind transitiontemplate unit unitkind user
    """,
    "notifications": "message webhook",
}
# Of these there are as many as the program knows, or makes.
NOT_ADDED = {"coordination_deadlinerule", "coordination_levelname", "notifications_message"}
# Django's own.
OF_THE_ADMINISTRATION = """
    index login logout password_change password_change_done autocomplete jsi18n view_on_site app_list
"""
