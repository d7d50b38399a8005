"""Judges: language models with one narrow question each, and how far they say what people say."""

from evals.judging.calibration import LEAST_KAPPA, LEAST_LABELS, Calibration, TaskCalibration, calibrate, calibrated
from evals.judging.correcting import corrected_means
from evals.judging.hearing import Hearing
from evals.judging.judge import Judge, self_preference_warning
from evals.judging.judgement import Judgement, JudgeName, Question, judgement_from
from evals.judging.labelled import LabelledItem, read_labelled
from evals.judging.metrics import METRICS, Judged, Preference, judged_metrics, preferences, with_judged
from evals.judging.opening import open_judge
from evals.judging.preferring import Preferred, summed_up
from evals.judging.running import Judging, questions_of_pairs, questions_of_run

__all__ = [
    "LEAST_KAPPA",
    "LEAST_LABELS",
    "METRICS",
    "Calibration",
    "Hearing",
    "Judge",
    "JudgeName",
    "Judged",
    "Judgement",
    "Judging",
    "LabelledItem",
    "Preference",
    "Preferred",
    "Question",
    "TaskCalibration",
    "calibrate",
    "calibrated",
    "corrected_means",
    "judged_metrics",
    "judgement_from",
    "open_judge",
    "preferences",
    "questions_of_pairs",
    "questions_of_run",
    "read_labelled",
    "self_preference_warning",
    "summed_up",
    "with_judged",
]
