"""An answer that is shown sentence by sentence ends as the one that is shown whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from api.rendering import GrowingAnswer, answer_html
from rag.corpus import load_corpus
from rag.models import Answer, Citation, Provenance, Sentence, SentenceShown, Span
from rag.passages import split_sentences

URL = "/learn/biology/questions/what-is-a-cell"


class Page(HTMLParser):
    """What a page shows of an answer: its outermost elements, each as HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._depth = 0

    def grow(self, keep: int, html: str) -> None:
        """Do as the page's script does: drop the blocks that are written anew, and add what came."""
        del self.blocks[keep:]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 html.parser's
        """Begin an element."""
        if self._depth == 0:
            self.blocks.append("")
        self.blocks[-1] += self.get_starttag_text() or ""
        self._depth += tag not in {"br", "hr"}

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        self.blocks[-1] += f"</{tag}>"
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Add text."""
        if self._depth:
            self.blocks[-1] += data


def answer_of(text: str, spans: list[Span], support: str = "supported") -> Answer:
    """Return an answer with a citation for each two sentences."""
    sentences = tuple(Sentence(text[s.start : s.end], (n // 2 + 1,), support) for n, s in enumerate(spans))  # pyright: ignore[reportArgumentType]
    quotes = [spans[n : n + 2] for n in range(0, len(spans), 2)]
    citations = tuple(
        Citation(n, URL, "What is a cell?", "", text[own[0].start : own[-1].end], own[0].start, own[-1].end)
        for n, own in enumerate(quotes, start=1)
    )
    return Answer("q", "answered", "curated", text, sentences, citations, (), (), Provenance("c", "i", "e"), {})


def stream(answer: Answer, spans: list[Span]) -> list[SentenceShown]:
    """Return an answer as it is streamed."""
    ends = [0, *(span.end for span in spans)]
    leads = [answer.text[end : span.start] for end, span in zip(ends, spans, strict=False)]
    return [SentenceShown(one, lead, answer.citations) for one, lead in zip(answer.sentences, leads, strict=True)]


def test_every_entry_grows_into_itself(repository: Path) -> None:
    """Each entry of a part of the corpus, streamed, gives in the end what it gives whole."""
    for entry in list(load_corpus(repository / "corpus").entries.values())[::7]:
        spans = split_sentences(entry.answer)
        answer = answer_of(entry.answer[: spans[-1].end], spans)
        page, growing = Page(), GrowingAnswer()
        for shown in stream(answer, spans):
            growth = growing.add(shown)
            page.grow(growth.keep, growth.html)
        whole = Page()
        whole.grow(0, answer_html(answer))
        assert page.blocks == whole.blocks


def test_what_is_shown_stays() -> None:
    """A sentence changes its own block and none before: a reader's place in the text is not lost."""
    text = "One. Two.\n\n- **A**: three. Four.\n- Five.\n\nSix."
    spans = split_sentences(text)
    page, growing, seen = Page(), GrowingAnswer(), [[]]
    for shown in stream(answer_of(text, spans), spans):
        growth = growing.add(shown)
        page.grow(growth.keep, growth.html)
        seen.append(list(page.blocks))
    for before, after in pairwise(seen):
        assert before[:-1] == after[: max(len(before) - 1, 0)]
    assert len(seen[-1]) == 3


def test_each_sentence_leads_to_its_own_place() -> None:
    """The number after a quoted sentence opens the sentence, not all of the quote that it shares with another."""
    text = "Cells divide. Cells grow."
    shown = answer_html(answer_of(text, split_sentences(text)))
    assert [(int(start), int(end)) for start, end in re.findall(r"\?start=(\d+)&amp;end=(\d+)#cited", shown)] == [
        (0, 13),
        (14, 25),
    ]
    assert shown.startswith(
        '<p>Cells divide.<sup class="note"><a class="cite" href="/learn/biology/questions/what-is-a-cell'
    )


def test_a_sentence_of_a_model_leads_to_the_whole_quote() -> None:
    """What no entry says word for word rests on all that is cited."""
    citation = Citation(1, URL, "What is a cell?", "", "Cells are alive. All of them.", 10, 39)
    sentence = Sentence("Cells live.", (1,), "supported", verbatim=False)
    answer = Answer(
        "q", "answered", "generated", sentence.text, (sentence,), (citation,), (), (), Provenance("c", "i", "e"), {}
    )
    assert "?start=10&amp;end=39#cited" in answer_html(answer)


def test_a_table_is_cited_once() -> None:
    """Rows that rest on the same quote have one number, after the last; it opens the table."""
    text = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"
    spans = [Span(0, 9), Span(10, 19), Span(20, 29), Span(30, 39)]
    sentences = tuple(Sentence(text[s.start : s.end], (1,), "supported") for s in spans)
    answer = Answer(
        "q",
        "answered",
        "curated",
        text,
        sentences,
        (Citation(1, URL, "T", "", text, 0, 39),),
        (),
        (),
        Provenance("c", "i", "e"),
        {},
    )
    shown = answer_html(answer)
    assert shown.count("<sup") == 1
    assert "start=0&amp;end=39" in shown
    assert shown.index("<sup") > shown.index("4")


def test_doubted_sentences_are_marked() -> None:
    """Where a sentence is supported in part or not at all, it is underlined and says so beside it."""
    text = "Cells *divide*."
    for support, told in (
        ("partly", "partly supported"),
        ("unsupported", "not supported"),
        ("contradicted", "contradicted"),
    ):
        shown = answer_html(answer_of(text, split_sentences(text), support))
        assert f'<span class="doubted {support}">Cells </span>' in shown
        assert f">{told}</span>" in shown
    assert "doubted" not in answer_html(answer_of(text, split_sentences(text)))


def test_titles_of_sources_are_text() -> None:
    """The title of an entry cannot be markup where its number is labelled, nor its url an address that runs."""
    citation = Citation(1, 'javascript:alert(1)//"', '"><img src=x onerror=alert(1)>', "", "A.", 0, 2)
    answer = Answer(
        "q",
        "answered",
        "curated",
        "A.",
        (Sentence("A.", (1,), "supported"),),
        (citation,),
        (),
        (),
        Provenance("c", "i", "e"),
        {},
    )
    shown = answer_html(answer)
    assert "javascript" not in shown
    assert "<img" not in shown
