"""Batches: much that is due, done a part at a time, in which what fails keeps nothing else waiting."""

from __future__ import annotations

from collections.abc import Callable


def until_dry(
    act: Callable[[set[int]], int],
    *,
    failed: set[int] | None = None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Do batch after batch until one finds nothing new; say how many things were done.

    ``act`` does one, passes over the ids in the set that it is given (``failed``), and adds to it those that fail: a
    batch in which everything has failed is not the last one, for others may stand behind it. ``may_go_on`` is asked
    before each.
    """
    failed, done = set() if failed is None else failed, 0
    while may_go_on():
        failed_before = len(failed)
        batch = act(failed)
        if not batch and len(failed) == failed_before:
            break
        done += batch
    return done
