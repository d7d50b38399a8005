"""Results for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table

from rag.models import Answer, Evidence

_HEADINGS = {
    ("answered", "curated"): "From the QuickTakes answer",
    ("answered", "composed"): "Composed from QuickTakes entries",
    ("partial", "composed"): "Answered in part, composed from QuickTakes entries",
    ("abstained", "composed"): "Not covered",
}


def show_answer(console: Console, answer: Answer, elapsed_s: float) -> None:
    """Print an answer with its numbered citations, or the nearest entries where it abstained, and the time it took."""
    console.print(f"[bold]{_HEADINGS[answer.status, answer.rung]}[/bold]\n")
    console.print(Markdown(_with_numbers(answer)))
    if answer.citations:
        console.print("\n[bold]Sources[/bold]")
    for citation in answer.citations:
        section = f" › {citation.section}" if citation.section else ""
        console.print(f"[{citation.n}] {citation.title}{section}", markup=False, highlight=False)
        console.print(Padding(citation.url, (0, 0, 0, 4)), style="dim", soft_wrap=True, highlight=False)
    if answer.suggestions:
        console.print("\n[bold]Nearest entries[/bold]" if not answer.citations else "\n[bold]See also[/bold]")
    for suggestion in answer.suggestions:
        console.print(f"  • {suggestion.question}", markup=False, highlight=False)
    console.print(f"\nTook {elapsed_s:.2f} s", style="dim", highlight=False)


def show_results(console: Console, results: Sequence[Evidence]) -> None:
    """Print the entries found, best first."""
    if not results:
        console.print("Nothing found: the corpus holds no entry to search.")
        return
    table = Table("", "score", "entry", "section", box=None, pad_edge=False)
    for result in results:
        table.add_row(str(result.rank), f"{result.score:.2f}", f"{result.title}\n{result.url}", result.passage.section)
    console.print(table)


def _with_numbers(answer: Answer) -> str:
    """Return the answer's text with each sentence followed by the numbers of its citations."""
    marked: list[str] = []
    position = 0
    for number, sentence in enumerate(answer.sentences):
        found = answer.text.find(sentence.text, position)
        end = found + len(sentence.text)
        marked.append(answer.text[position:end])
        following = answer.sentences[number + 1 : number + 2]
        if not following or following[0].citations != sentence.citations or re.match(r"\s*\n", answer.text[end:]):
            marked.append(" " + "".join(f"\\[{n}]" for n in sentence.citations))
        position = end
    return "".join(marked) + answer.text[position:]
