"""A clock on the wall that tests set while real processes look at it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.services import ROOT

MOVED_CLOCK = Path(__file__).parent / "moved_clock"


def find_libfaketime() -> Path | None:
    """Find the library of Debian's package libfaketime."""
    return next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


class WallClock:
    """The clock of some processes; it goes on from wherever it is set. Their monotonic clock is left alone."""

    def __init__(self, file: Path, library: Path) -> None:
        """Show the right time at first."""
        self._file = file
        self._library = library
        self._offset = timedelta()
        self.move(timedelta())

    @property
    def environment(self) -> dict[str, str]:
        """What the processes need to look at this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{MOVED_CLOCK}",
        }

    def now(self) -> datetime:
        """What it shows, as an aware time."""
        return datetime.now(UTC) + self._offset

    def move(self, by: timedelta) -> None:
        """Put it forward, or back."""
        self._offset += by
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{self._offset.total_seconds():+f}\n", encoding="ascii")
        draft.replace(self._file)

    def set(self, moment: datetime) -> None:
        """Set it to a moment (aware)."""
        self.move(moment - self.now())
