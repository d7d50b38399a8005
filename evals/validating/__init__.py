"""Metrics held against what people say of the same answers."""

from evals.validating.reading import HumanFile, HumanItem, read_human
from evals.validating.validating import MetricValidation, Validation, validate
from evals.validating.writing import validation_json, validation_markdown

__all__ = [
    "HumanFile",
    "HumanItem",
    "MetricValidation",
    "Validation",
    "read_human",
    "validate",
    "validation_json",
    "validation_markdown",
]
