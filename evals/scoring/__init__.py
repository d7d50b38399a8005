"""Replies scored against their cases, without network, judge or clock."""

from evals.scoring.detecting import BLIND, EXPECTED, Detection, blind_spots, detection_matrix, detection_table, lost
from evals.scoring.idf import Idf, build_idf, load_idf, save_idf
from evals.scoring.preparing import prepare
from evals.scoring.reference import content_f1
from evals.scoring.scorer import score
from evals.scoring.subject import Materials

__all__ = [
    "BLIND",
    "EXPECTED",
    "Detection",
    "Idf",
    "Materials",
    "blind_spots",
    "build_idf",
    "content_f1",
    "detection_matrix",
    "detection_table",
    "load_idf",
    "lost",
    "prepare",
    "save_idf",
    "score",
]
