"""Runs over a corpus of four entries, with doubles for the models."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from suite_cases import make_case, url_of, write_cases

from evals.cases import Neighbourhoods, read_cases
from evals.models import Arm, Case, Reply
from evals.running import ARMS, Asking, LeakCheck, RunFolder, Task, begin_run, manifest_of, plan_tasks
from evals.running import new_run as begin_folder
from evals.systems import System
from rag.corpus import load_corpus
from rag.errors import ProviderUnavailableError
from rag.settings import Settings
from rag.testing import entry_text

_OSMOSIS = (
    "Osmosis moves water across a membrane towards the side that holds more dissolved particles of any kind. "
    "No energy from ATP is spent on it."
)
ENTRIES = {
    "osmosis.md": ("What is osmosis?", _OSMOSIS),
    "diffusion.md": (
        "What is diffusion?",
        "Diffusion spreads particles from where they are crowded to where they are few. Heat alone drives it.",
    ),
    "kidneys.md": ("How do kidneys filter blood?", "Kidneys filter blood in nephrons. Each one has a fine sieve."),
    "leaves.md": ("Why do leaves look green?", "Leaves look green because chlorophyll reflects green light."),
}
OSMOSIS = url_of("what-is-osmosis")
KIDNEYS = url_of("how-do-kidneys-filter-blood")
LEAVES = url_of("why-do-leaves-look-green")
HIDDEN_WORDS = ENTRIES["osmosis.md"][1]


def small_settings(folder: Path, **changes: object) -> Settings:
    """Return settings for the four entries, which are written into a folder."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, (question, answer) in ENTRIES.items():
        (corpus / name).write_text(entry_text(question, answer), encoding="utf-8")
    return Settings(corpus, folder / "scratch", **changes)  # type: ignore[arg-type]


def osmosis_case(name: str = "what-osmosis-is", **changes: object) -> Case:
    """Return a case that hides the entry on osmosis, and no other."""
    words = {"question": "What is osmosis?", "sources": {OSMOSIS: 2}, "hold_out": "entry", **changes}
    return make_case(name, **words)


@dataclass(slots=True)
class Scripted:
    """Replies with a text to every case; fails, or is stopped, where it is told to; implements `System`.

    Attributes:
        fails: urls of cases that it has no reply to.
        stops: url of the case that somebody presses Ctrl-C at; None for none.
        asked: what it was asked, in order.
    """

    fails: set[str] = field(default_factory=set[str])
    stops: str | None = None
    asked: list[tuple[str, Arm, int]] = field(default_factory=list[tuple[str, Arm, int]])
    name: str = "scripted"
    fingerprint: str = "scripted:1"

    async def answer(self, case: Case, arm: Arm, excluded: Collection[str], repeat: int) -> Reply:
        """Reply as it is told to."""
        if case.url == self.stops:
            raise KeyboardInterrupt
        self.asked.append((case.url, arm, repeat))
        if case.url in self.fails:
            raise ProviderUnavailableError("the model is away")
        return Reply(case=case.url, arm=arm, repeat=repeat, text="Water moves.", excluded=tuple(sorted(excluded)))


def new_run(
    folder: Path, cases: Sequence[Case], system: System, arms: Iterable[Arm] = ARMS, repeats: int = 1
) -> tuple[RunFolder, list[Task]]:
    """Return a run of cases that has just begun, in which the arms are asked in their order."""
    read = read_cases(write_cases(folder / "cases", *cases))
    kept = list(read.cases.values())
    nothing = Neighbourhoods("none", {})
    tasks = [task for arm in arms for task in plan_tasks(kept, nothing, arms=[arm], repeats=repeats)]
    manifest = manifest_of(kept, tasks, system, {"corpus": "c"})
    run = begin_folder(folder / "runs", manifest)
    begin_run(run, read, kept, tasks, manifest)
    return run, tasks


def asking(run: RunFolder, system: System, corpus: Path | None = None) -> Asking:
    """Return how a run is asked, one task after the other."""
    entries = load_corpus(corpus).entries if corpus else {}
    return Asking(run, run.cases().cases, system, LeakCheck(entries), lambda _done, _total: None)
