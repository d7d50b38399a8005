"""The commands ``quicktakes eval ...``."""

import typer

from evals.cli.comparing import compare_command, gate_command
from evals.cli.judging import judge_command
from evals.cli.preferring import prefer_command
from evals.cli.proving import self_test_command, validate_command
from evals.cli.reading import list_command, report_command, show_command
from evals.cli.running import run_command, score_command
from evals.cli.suites import lint_command, make_cases_command

eval_app = typer.Typer(
    help="Measure answers: cases, runs and scores.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
eval_app.command("run")(run_command)
eval_app.command("score")(score_command)
eval_app.command("compare")(compare_command)
eval_app.command("gate")(gate_command)
eval_app.command("report")(report_command)
eval_app.command("list")(list_command)
eval_app.command("show")(show_command)
eval_app.command("lint")(lint_command)
eval_app.command("make-cases")(make_cases_command)
eval_app.command("judge")(judge_command)
eval_app.command("prefer")(prefer_command)
eval_app.command("self-test")(self_test_command)
eval_app.command("validate")(validate_command)

__all__ = ["eval_app"]
