"""Screening: what in a short practical note could tell who somebody is, or something sensitive about them."""

from coordination.screening.checking import check
from coordination.screening.findings import Finding, Kind, Level
from coordination.screening.known import Known

__all__ = ["Finding", "Kind", "Known", "Level", "check"]
