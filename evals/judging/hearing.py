"""A judge heard: calibrated by what people labelled, then asked, each word of it kept as it comes."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.batches import Approve, BatchReply, open_batches
from evals.judging.batching import batch_replies, with_replies
from evals.judging.calibration import Calibration, calibrate, calibration_questions
from evals.judging.judge import Judge
from evals.judging.judgement import Judgement, Question, judgement_from
from evals.judging.labelled import LabelledItem
from evals.judging.opening import open_judge
from evals.judging.running import Judging
from evals.pacing import Purse
from evals.running import append_line, line_of, mend_end, read_lines
from evals.systems import require_known_prices
from rag.errors import ConfigurationError
from rag.settings import Settings
from rag.wiring.chat import judge_model_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How a judge is asked, and where its words are kept: what is there is not asked again.

    Attributes:
        settings: name the judge.
        seed: of the run.
        calibration: file of what it says of labelled items; `judgements`: of all else.
        batches: folder of its batches.
        concurrency: how many requests are under way at most.
        most_usd: what it may cost, what it has cost before included; None for no ceiling.
        go_on: the command that goes on where that is spent.
        by_batch: asks it by its provider's batch, once this has approved of the price; None to ask it live.
        tell: is told, in a sentence, whatever a batch does.
        progress: see `Judging`; called for the labelled items first, then for all else.
    """

    settings: Settings
    seed: str
    calibration: Path
    judgements: Path
    batches: Path
    concurrency: int = 1
    most_usd: float | None = None
    go_on: str = ""
    by_batch: Approve | None = None
    tell: Callable[[str], None] = lambda _: None
    progress: Callable[[int, int], None] = lambda _, __: None

    def hear(self, items: Sequence[LabelledItem], questions: Sequence[Question]) -> tuple[Calibration, list[Judgement]]:
        """Return how far the judge says what people say of labelled items, and its judgements of questions.

        Raises:
            ConfigurationError: no judge is named, or it has no batches and is to be asked so, or what it costs is not
                known and may not exceed a sum.
            NotApprovedError: a price was not approved.
            ProviderError: the server refuses, or the day's ceiling is reached; what came until then was kept.
            StoppedError: nothing more may be spent.
        """
        purse = self._purse()
        replies = self._by_batch(items, questions, self.by_batch) if self.by_batch else {}
        with self._judging(self.calibration, replies, purse) as judging:
            calibration = calibrate(items, judging)
        with self._judging(self.judgements, replies, purse) as judging:
            return calibration, judging.ask_all(questions)

    def _by_batch(
        self, items: Sequence[LabelledItem], questions: Sequence[Question], approve: Approve
    ) -> dict[str, BatchReply]:
        """Return what one batch replies to all that is open: a second one might take another day."""
        judge, (name,) = self._judge(), judge_model_names(self.settings)
        wanted = ((self.calibration, calibration_questions(items)), (self.judgements, questions))
        asked = [one for file, own in wanted for one in Judging(judge, _kept_in(file)).missing(own)]
        with open_batches(name, self.settings, self.batches, self.tell) as batches:
            return batch_replies(judge, asked, batches, approve)

    @contextmanager
    def _judging(self, file: Path, replies: Mapping[str, BatchReply], purse: Purse) -> Generator[Judging]:
        """Give a judge anew, as connections wait on an event loop that ends, each judgement appended to a file."""
        file.parent.mkdir(parents=True, exist_ok=True)
        mend_end(file)
        kept = _kept_in(file)
        with file.open("a", encoding="utf-8", newline="\n") as opened:

            def record(judgement: Judgement) -> None:
                append_line(opened, line_of(asdict(judgement)))

            yield Judging(with_replies(self._judge(), replies), kept, record, self.concurrency, purse, self.progress)

    def _purse(self) -> Purse:
        if self.most_usd is None:
            return Purse()
        require_known_prices(judge_model_names(self.settings), self.settings)
        spent = [one.cost_usd or 0.0 for file in (self.calibration, self.judgements) for one in _kept_in(file)]
        return Purse(self.most_usd, sum(spent), self.go_on)

    def _judge(self) -> Judge:
        judge = open_judge(self.settings, self.seed, self.concurrency)
        if judge is None:
            raise ConfigurationError("no judge is named; set QUICKTAKES_JUDGE_MODEL to provider:model")
        return judge


def _kept_in(file: Path) -> list[Judgement]:
    return [judgement_from(line) for line in read_lines(file)]
