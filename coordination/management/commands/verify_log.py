"""Ask whether the logs are as they were written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordination.management.commands.check_promises import NOT_ASKED, require_tables
from coordination.privacy.chain import Head, is_signed_by, parse_head, public_key_of
from coordination.queries.log_check import (
    Checked,
    Fault,
    Found,
    check_chain,
    count_unlinked,
    holds,
    tables_without_guard,
)


class Command(BaseCommand):
    """Go through the chain of the logs and name every link that does not hold. Ends with 1 where there is one.

    Ends with 2 where nothing could be asked.
    """

    help = "Ask whether the logs are as they were written. Reads only; may run beside the system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the heads that were kept elsewhere, and the key that they were signed with."""
        parser.add_argument("--limit", type=int, default=20, help="faults to name (default 20); all are counted")
        parser.add_argument("--head", type=Path, help="a file of lines that log_head has written: are they still so?")
        parser.add_argument("--public-key", help="the key that signed them, in base64; else that of LOG_SIGNING_KEY")

    def handle(self, *_args: Any, limit: int, head: Path | None, public_key: str | None, **_options: Any) -> None:
        """Check the guards, the chain with its rows, and the heads."""
        if limit < 0:
            raise CommandError("--limit cannot be negative.", returncode=NOT_ASKED)
        require_tables()
        key = settings.LOG_SIGNING_KEY
        heads = _read_heads(head) if head is not None else []
        faults = [_("%(table)s: the database no longer refuses changes") % {"table": t} for t in tables_without_guard()]
        checked = check_chain(now=timezone.now(), most=limit)
        faults += [_words(found) for found in checked.faults]
        if checked.faults_in_all > len(checked.faults):
            more = checked.faults_in_all - len(checked.faults)
            faults.append(ngettext("… and %(count)d more", "… and %(count)d more", more) % {"count": more})
        public_key = public_key or (public_key_of(key) if key is not None else None)
        for line, (kept, signature) in enumerate(heads, start=1):
            faults += [f"{head}:{line}: {words}" for words in self._judge(kept, signature, public_key)]
        self._say(checked, len(heads))
        for fault in faults:
            self.stdout.write(f"  {fault}")
        if faults:
            self.stdout.write(_("THE LOG HAS BEEN TAMPERED WITH, or is damaged. Keep the database as it is now."))
            raise SystemExit(1)
        self.stdout.write(_("The log is as it was written."))

    def _say(self, checked: Checked, heads: int) -> None:
        counts, waiting = checked.counts, count_unlinked()
        self.stdout.write(
            _("%(links)d links: %(events)d events, %(looks)d looks; %(gone)d rows rightly gone.")
            % {
                "links": counts.total(),
                "events": counts["event"],
                "looks": counts["access"],
                "gone": checked.rightly_gone,
            }
        )
        self.stdout.write(_("Not linked yet: %(count)d.") % {"count": sum(waiting.values())})
        if checked.head is not None:
            self.stdout.write(f"{checked.head.position} {checked.head.chain} {checked.head.day}")
        if heads:
            self.stdout.write(_("Heads compared: %(count)d.") % {"count": heads})

    def _judge(self, head: Head, signature: str | None, public_key: str | None) -> list[str]:
        """Say what is wrong with a head that was kept."""
        wrong = []
        if public_key is None:
            if signature is not None:
                self.stdout.write(_("Nobody could check the signatures: give --public-key."))
        elif signature is None or not is_signed_by(head, signature, public_key):
            wrong.append(_("the head was not signed with this key, or was changed"))
        if not holds(head):
            wrong.append(
                _("the head of %(day)s (link %(position)d) is no longer in the chain")
                % {"day": head.day, "position": head.position}
            )
        return wrong


def _words(found: Found) -> str:
    words = {
        Fault.GAP: _("links are missing just before it"),
        Fault.CHAIN: _("does not follow from the link before it"),
        Fault.CHANGED: _("the row is not as it was written"),
        Fault.MISSING: _("the row is gone"),
        Fault.LATE: _("the row was written later than it says"),
    }
    where = _("Link %(position)d (%(log)s %(row)d)") % {
        "position": found.position,
        "log": found.log,
        "row": found.row_id,
    }
    return f"{where}: {words[found.fault]}"


def _read_heads(file: Path) -> list[tuple[Head, str | None]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        heads = [parse_head(line) for line in lines if line.strip()]
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", returncode=NOT_ASKED) from None
    except ValueError:
        raise CommandError(_("%(file)s is not what log_head writes.") % {"file": file}, returncode=NOT_ASKED) from None
    if not heads:
        raise CommandError(_("%(file)s is not what log_head writes.") % {"file": file}, returncode=NOT_ASKED)
    return heads
