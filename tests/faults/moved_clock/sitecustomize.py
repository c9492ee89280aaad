"""What a process needs to run under libfaketime with a clock on the wall that moves and a monotonic one that does not.

Python loads this by itself where the folder is on its path. libfaketime moves the end of absolute sleeps too, by which
Python's own sleep is made; it leaves waiting for a file alone.
"""

from __future__ import annotations

import select
import time
from typing import Any


def sleep(seconds: Any) -> None:
    """Sleep as long as one is asked to, whatever the clock shows."""
    select.select([], [], [], max(float(seconds), 0.0))


time.sleep = sleep
