"""Backups in which what has been erased cannot be read: the keys of cases stand in a file of their own.

``data-…``: everything but the keys of cases, sessions, and the blind indexes (which are made anew from the numbers);
each under a name of its own. ``keys.jsonl``: the keys of the cases that there are, replaced each time, so that those of
erased cases are in no file any more. ``erasures.jsonl``: all receipts, replaced each time, too, read after a restore.
"""
