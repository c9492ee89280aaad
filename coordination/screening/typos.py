"""Words with one slip of the finger: a letter too many, too few, another one, or two changed about."""

from __future__ import annotations

from collections.abc import Iterable


def is_near(written: str, meant: str) -> bool:
    """Say whether one slip at the most makes the one word the other."""
    if written == meant:
        return True
    if abs(len(written) - len(meant)) > 1:
        return False
    same = 0
    for one, other in zip(written, meant, strict=False):
        if one != other:
            break
        same += 1
    left, right = written[same:], meant[same:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (len(left) > 1 and len(right) > 1 and left[0] == right[1] and left[1] == right[0] and left[2:] == right[2:])
    )


def is_near_any(written: str, words: Iterable[str]) -> bool:
    """Say whether a word is near one of these."""
    return any(is_near(written, word) for word in words)
