"""What a run is scored with, kept in its folder: any old run can be scored anew, whatever became of the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.models import Arm, Case, Reply
from evals.running.folder import RunFolder
from evals.running.planning import Task
from evals.running.rows import rows_in
from evals.running.scoring import Replied
from evals.scoring import Materials, build_idf, load_idf, save_idf
from rag.answering import PLACEHOLDERS
from rag.corpus import Entry, load_corpus, render_entry
from rag.ports import Vectors
from rag.prompts import load_prompt


@dataclass(frozen=True, slots=True)
class TextEmbedder:
    """What sentences are compared with.

    Attributes:
        fingerprint: of the embedder.
        embed: returns a unit vector for each of some texts.
    """

    fingerprint: str
    embed: Callable[[Sequence[str]], Vectors]


NEAREST: Final = "floor:nearest"
_FLOOR_METRIC: Final = "content_f1"


def keep_materials(run: RunFolder, replies: Iterable[Replied], entries: Mapping[str, Entry]) -> None:
    """Write down what words weigh in a corpus, and the entries of it that are named by what was asked and replied."""
    save_idf(build_idf(entries.values()), run.idf)
    wanted = {url for named in replies for url in _named(*named)}
    run.corpus.mkdir(exist_ok=True)
    for number, url in enumerate(sorted(wanted & entries.keys()), start=1):
        entry = entries[url]
        file = run.corpus / f"{number:05d}-{entry.file_name}"
        file.write_text(render_entry(entry), encoding="utf-8", newline="")


def _named(case: Case, task: Task, reply: Reply) -> set[str]:
    cited = (one.url for one in reply.citations)
    return {*case.sources, *task.excluded, *reply.retrieved, *reply.context, *cited}


def materials_of(run: RunFolder, embedder: TextEmbedder | None) -> Materials:
    """Return what a run is scored with; the floors are those of its own nearest entries, where they were scored.

    Raises:
        ConfigurationError: what words weigh was not kept, or was counted by other rules.
    """
    nearest = rows_in(run.floor_scores(NEAREST))
    scored = (row for row in nearest if _FLOOR_METRIC in row.metrics)
    floors: dict[tuple[str, Arm], float] = {(row.case, row.arm): row.metrics[_FLOOR_METRIC] for row in scored}
    return Materials(
        idf=load_idf(run.idf),
        entries=load_corpus(run.corpus).entries if run.corpus.is_dir() else {},
        floors=floors,
        system_prompt=load_prompt("answer", PLACEHOLDERS).system.template,
        embed=None if embedder is None else embedder.embed,
    )
