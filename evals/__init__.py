"""Evaluation: datasets now, the harness to come."""
