"""How long screening takes for a note, and how much memory it needs. Run by hand; prints JSON.

.venv/bin/python -m tests.benchmarks.screening [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice

from tests.screening.rates import read
from tests.screening.slots import TODAY

LENGTH = 140
SETS = ("tuning_personal", "tuning_ordinary", "held_personal", "held_ordinary")
# What could make an expression try again and again.
WORST = ("a" * LENGTH, "1" * LENGTH, "1 " * 70, "vej 1 " * 23, "a-" * 70, "emil " * 28, "en to " * 23, "a.b@" * 35)


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    began = time.perf_counter()
    from coordination.screening import Known, check

    check("mor til emil har adhd", TODAY)
    loading = time.perf_counter() - began
    held, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    known = Known.of(
        places=[f"Enhed {n}" for n in range(500)], people=[f"Fornavn{n} Efternavn{n}" for n in range(5000)]
    )
    notes = [(text["text"] + " ") * 8 for name in SETS for text in read(name)]
    cut = [note[:LENGTH] for note in notes] * wanted.rounds
    measured = [_milliseconds(partial(check, note, TODAY, known)) for note in cut]
    times, work = sorted(wall for wall, _cpu in measured), sorted(cpu for _wall, cpu in measured)
    worst = {text[:8]: round(_milliseconds(partial(check, text, TODAY, known))[1], 2) for text in WORST}
    long = "".join(islice(cycle(notes), 40))[:10_000]
    result = {
        "notes of 140 characters": len(times),
        "median ms": round(statistics.median(times), 3),
        "p99 ms": round(times[int(len(times) * 0.99)], 3),
        "p99 ms of the processor alone": round(work[int(len(work) * 0.99)], 3),
        "longest ms": round(times[-1], 3),
        "worst texts ms": worst,
        "10,000 characters ms": round(_milliseconds(partial(check, long, TODAY, known))[1], 1),
        "loading s": round(loading, 2),
        "lists and expressions MB": round(held / 1e6, 1),
        "process grew by MB": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1),
    }
    print(json.dumps(result, indent=1))  # noqa: T201 -- its purpose


def _milliseconds(task: Callable[[], object]) -> tuple[float, float]:
    """Give the time that passed, and the time that the processor worked for it."""
    began, worked = time.perf_counter(), time.process_time()
    task()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


if __name__ == "__main__":
    main()
