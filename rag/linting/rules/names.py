"""Chapter 2, second part: what an entry is called, and where it lives."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rag.corpus import folder_of, slug_of
from rag.linting.page import Page
from rag.linting.rule import Fault, corpus_rule, page_rule
from rag.linting.summary import Summary


@page_rule(
    "QT210",
    "title-differs",
    bad="article_title: >-\n    Why do newts grow legs again?",
    good="article_title: >-\n    Why do newts regrow legs?",
    mends=True,
)
def title_differs(page: Page) -> Iterator[Fault]:
    """`title` and `article_title` are the question, word for word.

    Where the file name tells which of them is meant, the others can be mended.
    """
    entry = page.entry
    texts = {"title": entry.title, "article_title": entry.article_title, "question": entry.question}
    if len(set(texts.values())) == 1:
        return
    meant = {text for text in texts.values() if f"{slug_of(text)}.md" == entry.file_name == page.path.name}
    fix = dataclasses.replace(entry, **dict.fromkeys(texts, meant.pop())) if len(meant) == 1 else None
    key = next(key for key in ("article_title", "title") if texts[key] != entry.question)
    yield Fault(
        f"{key} is not the question {entry.question[:60]!r}; make title, article_title and question one",
        (key,),
        fix=fix,
    )


@page_rule("QT211", "file-name", bad="file_name: newts.md", good="file_name: why-do-newts-regrow-legs.md", mends=True)
def file_name(page: Page) -> Iterator[Fault]:
    """`file_name` is the slug of the title and `.md`.

    The slug is the title in lower case, all but letters a to z, digits and spaces deleted, and each space a
    hyphen.
    """
    entry, wanted = page.entry, f"{slug_of(page.entry.title)}.md"
    if wanted == ".md":
        yield Fault("the title has no letter a to z and no digit, so it has no slug; reword it", ("title",))
    elif entry.file_name != wanted:
        fix = dataclasses.replace(entry, file_name=wanted) if page.path.name == wanted else None
        yield Fault(f"file_name must be {wanted}, the slug of the title", ("file_name",), fix=fix)


@page_rule(
    "QT212",
    "file-renamed",
    bad="(file_name: newts.md in a file called legs.md)",
    good="(file_name: newts.md in newts.md)",
)
def file_renamed(page: Page) -> Iterator[Fault]:
    """A file bears the name that its entry gives: links and reviews go by it."""
    if page.path.name != page.entry.file_name:
        yield Fault(
            f"the file is called {page.path.name}, its entry says {page.entry.file_name}; rename the one or the other",
            ("file_name",),
        )


@page_rule(
    "QT213",
    "url",
    bad="url: /learn/biology/questions/newts",
    good="url: /learn/biology/questions/why-do-newts-regrow-legs",
)
def url(page: Page) -> Iterator[Fault]:
    """`url` is `/learn/`, the folder of the subject, `/questions/` and the slug of the title.

    It is the key of an entry, so it is never changed for you: other entries and readers link to it.
    """
    wanted = f"/learn/{folder_of(page.entry.subject)}/questions/{slug_of(page.entry.title)}"
    if page.entry.url != wanted:
        yield Fault(f"url must be {wanted} for this subject and title", ("url",))


@page_rule("QT214", "folder", bad="(subject: Biology in learn/chemistry/)", good="(subject: Biology in learn/biology/)")
def folder(page: Page) -> Iterator[Fault]:
    """Below a folder `learn` there is a folder for each subject: its name in lower case, with hyphens for spaces."""
    parents = page.path.absolute().parts[-3:-1]
    wanted = folder_of(page.entry.subject)
    if len(parents) == 2 and parents[0] == "learn" and parents[1] != wanted:
        yield Fault(
            f"subject is {page.entry.subject}, whose folder is {wanted}, but the file lies in {parents[1]}",
            ("subject",),
        )


@page_rule("QT215", "future-date", bad="date: 2999-01-31", good="date: 2026-01-31")
def future_date(page: Page) -> Iterator[Fault]:
    """`date` is the day an entry was written, so it is not in the future; one day ahead is allowed for time zones."""
    if page.entry.date > dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1):
        yield Fault(f"date {page.entry.date} is in the future; give the day of writing", ("date",))


@corpus_rule("QT140", "repeated-url", bad="(two files with one url)", good="(a url for each file)")
def repeated_url(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """`url` is the key of an entry: of two files with the same one, only the first is used."""
    for first, other in _repeats(entries, "url"):
        yield other, Fault(f"url {other.url} is taken by {first.path}; give one of them another", ("url",))


@corpus_rule("QT216", "repeated-id", bad="(two entries with id 7)", good="(an id for each entry)")
def repeated_id(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """`id` numbers an entry.

    The publisher gives one entry that is filed under several subjects one number, so a number that recurs means
    the same entry twice, or a mistake.
    """
    for first, other in _repeats(entries, "id"):
        yield other, Fault(f"id {other.id} is taken by {first.path}; take the next free number", ("id",))


@corpus_rule(
    "QT217",
    "subject-spelling",
    bad="(subject Marine Studies here, Marine studies there)",
    good="(Marine Studies everywhere)",
)
def subject_spelling(entries: Sequence[Summary]) -> Iterator[tuple[Summary, Fault]]:
    """A subject is spelled in one way: two spellings share a folder, but make two subjects of one."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in entries:
        spellings[folder_of(entry.subject)][entry.subject] += 1
    for entry in entries:
        usual, _ = spellings[folder_of(entry.subject)].most_common(1)[0]
        if entry.subject != usual:
            message = f"the subject {usual!r} is spelled {entry.subject!r} here; spell it in one way"
            yield entry, Fault(message, ("subject",))


def _repeats(entries: Iterable[Summary], field: str) -> Iterator[tuple[Summary, Summary]]:
    """Give each later entry that has the value of an earlier one, with that first one."""
    first: dict[object, Summary] = {}
    for entry in entries:
        earlier = first.setdefault(getattr(entry, field), entry)
        if earlier is not entry:
            yield earlier, entry
