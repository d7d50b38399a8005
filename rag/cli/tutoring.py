"""The commands of the tutor: check and quiz, and the modes of ask."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.console import Console

from rag.cli.opening import open_corpus, warn
from rag.cli.options import AsJson, CorpusDir, DataDir, Exclude
from rag.cli.output import write_json
from rag.errors import QuestionError
from rag.models import HINT_LEVELS
from rag.wire import check_to_json, quiz_to_json

ABSTAINED = 3
"""Exit code where the corpus does not answer the question."""

InMode = Annotated[
    Literal["explain", "simpler", "hint"],
    typer.Option("--mode", help="Answer, answer in fewer and shorter sentences, or only lead to the answer."),
]
Level = Annotated[
    int | None, typer.Option("--level", min=1, max=HINT_LEVELS[-1], show_default=False, help="How far a hint leads.")
]
Asked = Annotated[str, typer.Argument(show_default=False, help="The question, or the url of an entry.")]
StudentAnswer = Annotated[str, typer.Argument(show_default=False, help="What the student answered.")]
Topic = Annotated[str | None, typer.Argument(show_default=False, help="What to ask about; anything without.")]
OfEntry = Annotated[str | None, typer.Option("--url", show_default=False, help="Ask the question of this entry.")]
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, show_default=False, help="Draw the same question for the same number.")
]


def check_level(mode: str, level: int | None) -> None:
    """Refuse a level where no hint is asked for.

    Raises:
        QuestionError: there is one.
    """
    if level is not None and mode != "hint":
        raise QuestionError(
            f"--level {level} is for hints only, and the mode is {mode}; add --mode hint, or leave it out"
        )


def check_command(
    asked: Asked,
    answer: StudentAnswer,
    exclude: Exclude = None,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Check a student's answer: what is right, what is missing, what is wrong, each with the entry's words.

    Exit code 3 where the corpus does not answer the question.

    Example: quicktakes check "What is osmosis?" "Water moves from low to high water potential."
    """
    with open_corpus(corpus_dir, data_dir, exclude) as quicktakes:
        check = quicktakes.check(asked, answer, exclude=exclude or ())
    warn(check.notices)
    if as_json:
        write_json(check_to_json(check))
    else:
        from rag.cli.render import show_check

        show_check(Console(), check)
    if check.status == "abstained":
        raise typer.Exit(ABSTAINED)


def quiz_command(
    topic: Topic = None,
    url: OfEntry = None,
    exclude: Exclude = None,
    seed: Seed = None,
    as_json: AsJson = False,
    corpus_dir: CorpusDir = None,
    data_dir: DataDir = None,
) -> None:
    """Ask a student a question that an entry answers; 'quicktakes check' takes its url and the answer.

    Example: quicktakes quiz "photosynthesis" --seed 7
    """
    with open_corpus(corpus_dir, data_dir, exclude) as quicktakes:
        asked = quicktakes.quiz(topic, url=url, exclude=exclude or (), seed=seed)
    warn(asked.notices)
    if as_json:
        write_json(quiz_to_json(asked))
    else:
        from rag.cli.render import show_question

        show_question(Console(), asked)
