"""The commands that change a corpus: new and related."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.options import AsJson, CorpusDir, DataDir, settings_from
from rag.cli.output import write_json
from rag.cli.progress import show_progress

if TYPE_CHECKING:
    from rag.corpus import Corpus, Entry, RelatedArticle

Question = Annotated[str, typer.Argument(show_default=False, help="The question, as a student asks it.")]
Subject = Annotated[str, typer.Option("--subject", help="Subject of the entry; it names the folder and the url.")]
Write = Annotated[bool, typer.Option("--write", help="Write the links into the entries' files.")]

_LINKS = 5
"""The format holds five."""


def new_command(question: Question, subject: Subject = "Biology", corpus_dir: CorpusDir = None) -> None:
    """Write the file of a new entry, valid and waiting for its answer; a file that is there is never touched.

    The id is the next free one of corpus.ids in quicktakes.toml; date, slug, file name and url follow.

    Example: quicktakes corpus new "Why do stomata close at night?"
    """
    from rag.corpus import corpus_config, load_corpus, place_for, skeleton, write_new

    folder = settings_from(corpus_dir, None).corpus_dir
    corpus = load_corpus(folder)
    ids, today = corpus_config(folder).ids, dt.datetime.now(dt.UTC).date()
    entry = skeleton(question, subject=subject, corpus=corpus, ids=ids, date=today)
    path = place_for(entry, folder)
    write_new(path, entry)
    typer.echo(path)
    for near in _nearly_the_same(entry, corpus):
        typer.echo(f"warning: {corpus.paths[near.url]} asks nearly the same: {near.question}", err=True)
    typer.echo(
        f"id {entry.id}; write the answer, description and keywords, then 'quicktakes corpus lint {path}'", err=True
    )


def _nearly_the_same(entry: Entry, corpus: Corpus) -> list[Entry]:
    from rag.linting import questions_like

    others = list(corpus.entries.values())
    return [others[place] for place in questions_like(entry.question, [other.question for other in others])]


def related_command(
    write: Write = False, as_json: AsJson = False, corpus_dir: CorpusDir = None, data_dir: DataDir = None
) -> None:
    """Find up to five related entries for each entry, and with --write link to them.

    Entries are compared by their vectors in the index, which is brought in step first. None is related to itself.

    Example: quicktakes corpus related --write
    """
    from rag.corpus import RelatedArticle, load_corpus, render_entry, write_file
    from rag.wiring import load_embedder, open_synced

    settings = settings_from(corpus_dir, data_dir)
    corpus = load_corpus(settings.corpus_dir)
    for problem in corpus.problems:
        typer.echo(problem, err=True)
    with (
        show_progress("Indexing") as progress,
        open_synced(settings, load_embedder(settings), progress) as (quicktakes, _),
    ):
        related = quicktakes.related(list(corpus.entries), limit=_LINKS)
    changed = 0
    for url, entry in corpus.entries.items():
        others = [corpus.entries[other] for other in related[url]]
        links = tuple(RelatedArticle(id=o.id, title=o.title.strip(), subject=o.subject, url=o.url) for o in others)
        if as_json:
            write_json({"url": url, "related": related[url]})
        elif links != entry.related:
            _show_links(entry, links)
        if links != entry.related:
            changed += 1
            if write:
                write_file(corpus.paths[url], render_entry(dataclasses.replace(entry, related=links)))
    what = "linked anew" if write else "to link anew with --write"
    typer.echo(f"{len(corpus.entries):,} entries, {changed:,} {what}", err=True)


def _show_links(entry: Entry, links: tuple[RelatedArticle, ...]) -> None:
    typer.echo(entry.question)
    for link in links:
        typer.echo(f"  {'  ' if link in entry.related else '+ '}{link.title}")
    for link in entry.related:
        if link not in links:
            typer.echo(f"  - {link.title}")
