"""The commands: one verb a function, and the only way in which anything changes.

Each takes keyword arguments, always ``actor`` and ``now`` (an aware time) among them. Order: lock the case → may they →
is it still so → change → record. What can refuse comes before what writes; a refusal is a ``coordination.errors``.
"""
