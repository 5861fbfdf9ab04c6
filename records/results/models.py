"""Test results, vital signs and social history."""

from records.results.observations import Observation, ObservationComponent, Result, SocialHistory, VitalSign
from records.results.reports import DiagnosticReport, ResultStatus
from records.results.values import Flag
from records.results.versions import ResultVersion

__all__ = [
    "DiagnosticReport",
    "Flag",
    "Observation",
    "ObservationComponent",
    "Result",
    "ResultStatus",
    "ResultVersion",
    "SocialHistory",
    "VitalSign",
]
