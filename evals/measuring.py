"""A run from its order to its scores: planned, answered and scored, each stage again from the run's folder alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from evals.batches import Approve, Collected, endpoint_requests, open_batches
from evals.cases import (
    Cases,
    Choice,
    Neighbourhoods,
    cases_over,
    changed_since_frozen,
    is_warning,
    lint_cases,
    read_cases,
    read_references,
)
from evals.corpora import MeasuredCorpus, read_corpus
from evals.errors import StoppedError
from evals.judging import judged_metrics, judgement_from, with_judged
from evals.models import Arm, Case, Reply, Scored
from evals.pacing import Purse
from evals.reporting.summary import Summary, summarise
from evals.reporting.trec import qrels
from evals.reporting.trec import run as trec_run
from evals.reporting.writing import summary_json, summary_markdown
from evals.running import (
    ARMS,
    Asking,
    LeakCheck,
    Replied,
    RunFolder,
    Task,
    TextEmbedder,
    answer_by_floor,
    answer_tasks,
    begin_run,
    keep_materials,
    line_of,
    manifest_of,
    materials_of,
    new_run,
    open_tasks,
    plan_tasks,
    read_lines,
    replies_of,
    resume_run,
    score_floors,
    score_run,
    scored_run,
    write_answers,
    write_lines,
)
from evals.scoring import Materials, build_idf, content_f1, prepare, score
from evals.systems import (
    FLOORS,
    Endpoint,
    System,
    asked_as,
    hash_of,
    models_asked,
    open_system,
    read_entry_folder,
    require_known_prices,
    takes_plants,
)
from rag.errors import ConfigurationError, CorpusError, SpendingLimitError
from rag.settings import Settings

Listener = Callable[[int, int, float | None], None]
"""Called with how many tasks are done, how many there are, and the content F1 of the last reply where it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be measured.

    Attributes:
        suite: folder of cases; `choice`: which of them are asked.
        system: its name; see `evals.systems.open_system`.
        arms: whether cases that hide something are asked so, without, or both.
        repeats: how often each case is asked.
        concurrency: how many are asked at once, at most.
        most_usd: what the run may cost; None for no ceiling. A batch is approved instead.
        by_batch: asks a chat model by its provider's batch, once this has approved of the price; None to ask it live.
        tell: is told, in a sentence, whatever a batch does.
    """

    suite: Path
    choice: Choice
    settings: Settings
    system: str = "quicktakes"
    arms: Sequence[Arm] = ARMS
    repeats: int = 1
    concurrency: int = 1
    most_usd: float | None = None
    by_batch: Approve | None = None
    tell: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order comes to over its corpus.

    Attributes:
        read: the folder of cases; `cases`: those of them that are asked.
        left_out: how many of those wanted are not asked, by the reason why.
    """

    settings: Settings
    system: str
    concurrency: int
    read: Cases
    cases: Sequence[Case]
    left_out: Mapping[str, int]
    corpus: MeasuredCorpus
    neighbourhoods: Neighbourhoods
    tasks: Sequence[Task] = field(repr=False)
    most_usd: float | None = None
    by_batch: Approve | None = None
    tell: Callable[[str], None] = lambda _: None

    @property
    def hashes(self) -> dict[str, str]:
        """Return the hashes of what is asked over, for the manifest."""
        told = [f"{url} {' '.join(others)}" for url, others in self.neighbourhoods.neighbours.items()]
        return {"corpus": self.corpus.sha256, "neighbourhoods": hash_of(*told)}


def plan(order: Order) -> Plan:
    """Return what an order comes to.

    Raises:
        CorpusError: the suite is not fit to measure with; with all that is wrong.
        ConfigurationError: a folder is missing, or no case can be asked of the corpus.
    """
    read = _fit_cases(order.suite)
    corpus = read_corpus(order.settings)
    wanted = order.choice.of(read.cases.values())
    there = {one.url for one in cases_over(read.cases, corpus.entries.keys())}
    over = [one for one in wanted if one.url in there]
    cases = [one for one in over if takes_plants(order.system) or not one.plant]
    if not cases:
        raise ConfigurationError(
            f"none of the {len(wanted)} cases chosen in {order.suite} is over entries of {order.settings.corpus_dir}; "
            "name the --corpus-dir that they are over, or choose others"
        )
    neighbourhoods = corpus.neighbourhoods()
    tasks = plan_tasks(cases, neighbourhoods, arms=order.arms, repeats=order.repeats)
    left_out = {
        f"over entries that {order.settings.corpus_dir} lacks": len(wanted) - len(over),
        f"planting entries where {order.system} does not look": len(over) - len(cases),
    }
    return Plan(
        order.settings, order.system, order.concurrency, read, cases, left_out, corpus, neighbourhoods, tasks,
        order.most_usd, order.by_batch, order.tell,
    )  # fmt: skip


def plan_again(run: RunFolder, order: Order) -> Plan:
    """Return the plan of a run that was begun, over the corpus as it is now.

    Args:
        order: how the rest is asked; suite, choice, system, arms and repeats are the run's own.

    Raises:
        RunStateError: the folder is no run.
        ConfigurationError: the corpus is missing.
    """
    system = asked_as(str(run.told()["system"]["name"]))
    read, corpus = run.cases(), read_corpus(order.settings)
    cases = list(read.cases.values())
    return Plan(
        order.settings, system, order.concurrency, read, cases, {}, corpus, corpus.neighbourhoods(), run.tasks(),
        order.most_usd, order.by_batch, order.tell,
    )  # fmt: skip


def _fit_cases(suite: Path) -> Cases:
    read = read_cases(suite)
    wrong = [one for one in lint_cases(read, {}) if not is_warning(one)]
    if wrong:
        raise CorpusError(wrong)
    if changed := changed_since_frozen(suite):
        raise ConfigurationError(
            f"{suite} is not as it was frozen: {len(changed)} files are others, such as {changed[0]}; "
            "make the cases anew in another folder"
        )
    return read


def begin(planned: Plan, below: Path, listen: Listener) -> RunFolder:
    """Ask all of a plan in a new folder below another, and return the folder.

    Raises:
        RunInvalidError: something hidden was seen.
        ConfigurationError: the system cannot be opened, or has no batches or prices where they are wanted.
        StoppedError: Ctrl-C, or nothing more may be spent; what was replied until then is kept.
    """
    _require_known_prices(planned)
    with _open(planned, planned.system) as opened:
        system = _collected(opened) if planned.by_batch else opened
        manifest = manifest_of(planned.cases, planned.tasks, system, planned.hashes)
        run = new_run(below, manifest)
        begin_run(run, planned.read, planned.cases, planned.tasks, manifest)
        _ask(run, planned, system, listen)
    return run


def resume(run: RunFolder, planned: Plan, listen: Listener) -> None:
    """Go on with a run that was stopped: what it has no reply to yet is asked.

    Raises:
        RunStateError: cases, corpus, system or code are others than when it began.
        RunInvalidError: something hidden was seen, now or before.
        StoppedError: Ctrl-C, or nothing more may be spent; what was replied until then is kept.
    """
    _require_known_prices(planned)
    with _open(planned, planned.system) as opened:
        system = _collected(opened) if planned.by_batch else opened
        resume_run(run, manifest_of(planned.cases, planned.tasks, system, planned.hashes))
        _ask(run, planned, system, listen)


def _require_known_prices(planned: Plan) -> None:
    if planned.most_usd is not None:
        require_known_prices(models_asked(planned.system, planned.settings), planned.settings)


def _collected(system: System) -> Collected:
    if not isinstance(system, Endpoint):
        raise ConfigurationError(f"{system.name} has no batches; only a chat model, provider:model, is asked so")
    return Collected(system, {})


def _with_replies(run: RunFolder, planned: Plan, system: Collected, approve: Approve) -> Collected:
    """Return a system with what a batch replies to the tasks that are open."""
    cases = {one.url: one for one in planned.cases}
    asked = ((cases[task.case], task.repeat) for task in open_tasks(run, system.fingerprint))
    requests = endpoint_requests(system.endpoint, asked)
    with open_batches(planned.system, planned.settings, run.path / "batches", planned.tell) as batches:
        return replace(system, replies=batches.replies(requests, approve))


@dataclass(frozen=True, slots=True)
class Taken:
    """A run of answers that were there already.

    Attributes:
        unanswered: urls of the references that no answer belongs to; they are no part of the run.
    """

    run: RunFolder
    unanswered: Sequence[str]


def take_answers(answers: Path, references: Path, below: Path, settings: Settings, listen: Listener) -> Taken:
    """Make a run of a folder of answers, each matched with a case by url, else by question.

    Raises:
        CorpusError: a file is no entry, or its block ``eval`` is none.
        ConfigurationError: a folder is missing, or no answer belongs to a reference.
    """
    read, folder, corpus = read_references(references), read_entry_folder(answers), read_corpus(settings)
    if read.problems:
        raise CorpusError(read.problems)
    cases = [case for case in read.cases.values() if folder.answers(case)]
    unanswered = [case.url for case in read.cases.values() if not folder.answers(case)]
    if not cases:
        raise ConfigurationError(
            f"no answer in {answers} belongs to one of the {len(unanswered)} references in {references}: "
            "neither a url nor a question is the same"
        )
    tasks = [Task(case.url, case.sha256, "open", 0, ()) for case in cases]
    planned = Plan(settings, folder.name, 1, read, cases, {}, corpus, Neighbourhoods("", {}), tasks)
    manifest = manifest_of(cases, tasks, folder, planned.hashes)
    run = new_run(below, manifest)
    begin_run(run, read, cases, tasks, manifest)
    _ask(run, planned, folder, listen)
    finish(run, planned, floors=False)
    return Taken(run, unanswered)


def _open(planned: Plan, name: str) -> AbstractContextManager[System]:
    corpus = planned.corpus
    return open_system(
        name, planned.settings, planned.cases, corpus.entries, corpus.sha256, concurrency=planned.concurrency
    )


def _ask(run: RunFolder, planned: Plan, system: System, listen: Listener) -> None:
    """Ask what is open; what a reply is worth is told as it comes, by the one metric that takes no time."""
    idf = build_idf(planned.corpus.entries.values())
    cases = {one.url: one for one in planned.cases}
    go_on = f"quicktakes eval run --resume {run.path}"
    last: float | None = None

    def hear(case: Case, reply: Reply) -> None:
        nonlocal last
        last = None if case.expect == "refuse" else content_f1(reply.text, case.answer, case.question, idf)

    def progress(done: int, total: int) -> None:
        listen(done, total, last)

    try:
        if isinstance(system, Collected) and planned.by_batch:
            system = _with_replies(run, planned, system, planned.by_batch)
        leaks = LeakCheck(planned.corpus.entries)
        purse = Purse() if planned.most_usd is None else Purse(planned.most_usd, run.spent_usd(), go_on)
        answer_tasks(Asking(run, cases, system, leaks, progress, planned.concurrency, purse, hear))
    except KeyboardInterrupt as error:
        raise StoppedError(f"stopped; go on with '{go_on}'") from error
    except SpendingLimitError as error:
        raise StoppedError(f"{error}; then go on with '{go_on}'") from error


def finish(run: RunFolder, planned: Plan, *, floors: bool) -> None:
    """Add to a run whose tasks were all asked what it is scored and read with: floors, entries, answers as entries."""
    cases = {one.url: one for one in planned.cases}
    for name in FLOORS if floors else ():
        with _open(planned, name) as floor:
            answer_by_floor(run, floor, cases, planned.tasks)
    replies = replies_of(run)
    keep_materials(run, replies, planned.corpus.entries)
    write_answers(run, replies)


@dataclass(frozen=True, slots=True)
class Rescored:
    """A scored run as reports need it.

    Attributes:
        materials: that the rows were scored with.
    """

    rows: Sequence[Scored]
    summary: Summary
    replies: Sequence[Replied]
    materials: Materials


def score_again(run: RunFolder, embedder: TextEmbedder | None) -> Rescored:
    """Score a run and its floors from its own folder, and write scores, summary and TREC files.

    Raises:
        RunStateError: a task has no reply yet.
        RunInvalidError: something leaked.
        ConfigurationError: the run was not finished.
    """
    replies = replies_of(run)
    cases = {case.url: case for case, _, _ in replies}
    plain = replace(materials_of(run, None), floors={})
    score_floors(run, cases, partial(score, materials=plain))
    materials = _prepared(run, replies, embedder)  # anew: the floors are known now
    kept = [judgement_from(line) for line in read_lines(run.judgements)]
    judged = judged_metrics(kept, cases)
    rows = score_run(run, replies, lambda case, reply: with_judged([score(case, reply, materials)], judged)[0])
    told = summary_of(rows)
    write_lines(run.scoring, [line_of({"embedder": None if embedder is None else embedder.fingerprint})])
    write_lines(run.summary, [summary_json(told)])
    write_lines(run.read_summary, [summary_markdown(told)])
    _write_trec(run, replies)
    return Rescored(rows, told, replies, materials)


def read_again(run: RunFolder, embedder: TextEmbedder | None) -> Rescored:
    """Return a run that was scored before.

    Args:
        embedder: that it was scored with.

    Raises:
        RunStateError: it was not scored.
        RunInvalidError: something leaked.
    """
    rows, replies = scored_run(run).rows, replies_of(run)
    return Rescored(rows, summary_of(rows), replies, _prepared(run, replies, embedder))


def _prepared(run: RunFolder, replies: Sequence[Replied], embedder: TextEmbedder | None) -> Materials:
    asked = ((case, reply) for case, _, reply in replies)
    return prepare(asked, materials_of(run, embedder))


def summary_of(rows: Sequence[Scored]) -> Summary:
    """Return what rows come to: those of the test split, or all where there is none of it."""
    return summarise(rows, "test" if any(row.split == "test" for row in rows) else None)


def _write_trec(run: RunFolder, replies: Sequence[Replied]) -> None:
    tag = str(run.told()["system"]["name"])
    run.trec.mkdir(exist_ok=True)
    cases = {case.url: case for case, _, _ in replies}
    (run.trec / "qrels").write_text(qrels(cases.values()), encoding="utf-8")
    (run.trec / "run").write_text(trec_run([reply for _, _, reply in replies], tag), encoding="utf-8")
