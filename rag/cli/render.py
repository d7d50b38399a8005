"""Results for a person at a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.markdown import Markdown

from rag.corpus import Entry
from rag.footnotes import with_footnotes
from rag.models import Answer, Check, Citation, Query, QuizQuestion, Search, Signals
from rag.passages import maths_spans
from rag.retrieval import certainty_parts, rank_parts

_SIGN = re.compile(r"[!-/:-@\[-`{-~]")
_LESS = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])")

_HEADINGS = {
    ("answered", "curated"): "From the QuickTakes answer",
    ("answered", "composed"): "Composed from QuickTakes entries",
    ("partial", "composed"): "Answered in part, composed from QuickTakes entries",
    ("answered", "generated"): "Written from QuickTakes entries",
    ("partial", "generated"): "Answered in part, written from QuickTakes entries",
    ("abstained", "composed"): "Not covered",
    ("abstained", "generated"): "Not covered",
}


def show_answer(console: Console, answer: Answer, elapsed_s: float) -> None:
    """Print an answer with its numbered citations, or the nearest entries where it abstained, and the time it took."""
    is_hint = answer.mode == "hint" and answer.status != "abstained"
    console.print(f"[bold]{'A hint' if is_hint else _HEADINGS[answer.status, answer.rung]}[/bold]\n")
    if answer.corrected is not None:
        _print_line(console, f"The question takes for granted: {answer.corrected.statement}\n", style="dim")
    _print_markdown(console, with_footnotes(answer, opening="\\["))
    _show_sources(console, answer.citations)
    if answer.suggestions:
        console.print("\n[bold]Nearest entries[/bold]" if not answer.citations else "\n[bold]See also[/bold]")
    for suggestion in answer.suggestions:
        _print_line(console, f"  • {suggestion.question}")
    how = ", written before for the same question and entries" if answer.cached else ""
    console.print(f"\nTook {elapsed_s:.2f} s{how}", style="dim", highlight=False)


def show_check(console: Console, check: Check) -> None:
    """Print what became of a student's answer; where it was not checked, the nearest entries."""
    is_checked = check.status == "checked"
    console.print("[bold]Checked against a QuickTakes entry[/bold]\n" if is_checked else "[bold]Not covered[/bold]\n")
    _print_markdown(console, check.feedback.replace("[", "\\["))
    if is_checked:
        console.print(f"\nScore {check.score:.2f}", highlight=False)
        console.print("\n[bold]Source[/bold]")
        _print_line(console, check.title)
        _print_line(console, f"  {check.url}", style="dim")
    if check.suggestions:
        console.print("\n[bold]Nearest entries[/bold]")
    for suggestion in check.suggestions:
        _print_line(console, f"  • {suggestion.question}")


def show_question(console: Console, asked: QuizQuestion) -> None:
    """Print a question to a student, and how to have the answer to it checked."""
    _print_line(console, asked.question, style="bold")
    _print_line(console, f"\nA full answer makes {asked.points} points. To have yours checked:")
    _print_line(console, f'  quicktakes check {asked.url} "..."', style="dim")
    _print_line(console, f"\nSeed {asked.seed}", style="dim")


def _show_sources(console: Console, citations: Sequence[Citation]) -> None:
    """Print each entry cited once, with its url and the sections that the numbers stand for."""
    if citations:
        console.print("\n[bold]Sources[/bold]")
    for url in dict.fromkeys(citation.url for citation in citations):
        own = [citation for citation in citations if citation.url == url]
        _print_line(console, own[0].title)
        _print_line(console, f"  {url}", style="dim")
        for citation in own:
            section = citation.section or _beginning(citation.quote)
            _print_line(console, f"  [{citation.n}] {section}")


def _print_markdown(console: Console, text: str) -> None:
    """Print Markdown; where it is not for a terminal, without the spaces that fill its lines."""
    with console.capture() as capture:
        console.print(Markdown(_with_formulas_whole(text)))
    lines = capture.get().splitlines()
    console.out("\n".join(lines if console.is_terminal else [line.rstrip() for line in lines]), highlight=False)


def _with_formulas_whole(text: str) -> str:
    """Return Markdown in which mathematics, and signs such as <, are shown as they are written."""
    pieces: list[str] = []
    position = 0
    for span, _ in maths_spans(text):
        formula = " ".join(text[span.start : span.end].split())
        pieces += [_LESS.sub(r"\<", text[position : span.start]), _SIGN.sub(r"\\\g<0>", formula)]
        position = span.end
    return "".join([*pieces, _LESS.sub(r"\<", text[position:])])


def _print_line(console: Console, text: str, style: str | None = None) -> None:
    """Print a line as it is: no markup read into it, nothing cut off at the terminal's width."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _beginning(quote: str) -> str:
    """Return the first words of a quote, to name a section that has no heading."""
    return f'"{textwrap.shorten(quote, 60, placeholder=" ...")}"'


def show_entry(console: Console, entry: Entry) -> None:
    """Print an entry as a reader sees it, and below it what a reader does not."""
    console.print(entry.question, style="bold", markup=False, highlight=False)
    _print_line(console, f"{entry.subject} · {entry.date:%d %B %Y} · {entry.id}\n", style="dim")
    _print_markdown(console, entry.answer)
    if entry.related:
        console.print("\n[bold]Related[/bold]")
    for link in entry.related:
        _print_line(console, f"  • {link.title}")
    _print_line(console, f"\n{entry.url}", style="dim")
    _print_line(console, f"Description: {entry.seo.page_description}", style="dim")
    _print_line(console, f"Keywords: {entry.seo.page_keywords}", style="dim")


def show_results(console: Console, search: Search, *, explain: bool) -> None:
    """Print the entries found, best first; explained: with how the question was read, and each entry's signals."""
    if explain:
        _show_query(console, search.query)
    if not search.evidence:
        console.print("Nothing found: the corpus holds no entry to search.")
        return
    for result in search.evidence:
        section = result.passage.section or _beginning(result.passage.text)
        _print_line(console, f"{result.rank:>3}  {result.score:.2f}  {result.title}")
        _print_line(console, f"{_INDENT}{section}", style="dim")
        _print_line(console, f"{_INDENT}{result.url}", style="dim")
        if explain:
            if result.relevance is not None:
                _print_line(console, f"{_INDENT}reranker {result.relevance:.4g}", style="cyan")
            _show_signals(console, result.signals)


_INDENT = " " * 11


def _show_query(console: Console, query: Query) -> None:
    """Print a question as it was read: what was replaced, and what it is about with the wordings looked up."""
    _print_line(console, f"Read as: {query.text}")
    for rewrite in query.rewrites:
        _print_line(console, f"  {rewrite.written} → {rewrite.read_as} ({rewrite.kind})")
    for concept in query.concepts:
        others = ", ".join(" ".join(wording) for wording in concept.wordings[1:])
        kind = " (a term)" if concept.technical else ""
        _print_line(console, f"  about: {concept.written}{kind}" + (f"; also {others}" if others else ""))
    console.print()


def _show_signals(console: Console, signals: Signals) -> None:
    """Print what each signal adds to an entry's rank and to its certainty, and the words that matched."""
    for label, parts in (("rank", rank_parts(signals)), ("certainty", certainty_parts(signals))):
        sum_of = " ".join(f"{value:+.2f} {name}" for name, value in parts.items())
        _print_line(console, f"{_INDENT}{label} {sum(parts.values()):.2f} = {sum_of}", style="cyan")
    _print_line(console, f"{_INDENT}matched: {', '.join(signals.matched) or 'no word'}\n", style="cyan")
