"""Answerers over small corpora, and what must hold of every answer."""

from __future__ import annotations

import re
from pathlib import Path

from memory_index import indexed

from rag.adapters.english import is_english
from rag.answering import Answerer, Composer
from rag.models import Answer, Provenance
from rag.ports import Embedder
from rag.retrieval import QueryReader, Retriever, SpellingRepairer
from rag.testing import entry_text

DANGLES = re.compile(
    r"\W*(?:this|these|those|it|its|they|their|such|however|therefore|moreover|for example|as a result|in contrast)\b",
    re.IGNORECASE,
)
"""Openings that nobody can read without the sentence before."""


NAME = re.compile(r"\[[^\]\n]+\](?: |\n\n(?:- [^\n]*\n)*- )$")
"""A name in brackets, right before a sentence or above the list it stands in."""


BIOLOGY = {
    "What is C3 photosynthesis?": (
        "C3 photosynthesis fixes carbon dioxide with the enzyme RuBisCO into a three-carbon acid.\n\n"
        "It is the most common way in which plants fix carbon. On hot days it loses energy to photorespiration."
    ),
    "Why is the inside of a resting neuron negative?": (
        "The inside of a resting neuron is negative because potassium ions leak out through open channels.\n\n"
        "1. **Pump**: The sodium-potassium pump moves three sodium ions out for every two potassium ions in.\n"
        "2. **Leak**: Potassium leaves faster than sodium enters. This leaves negative charge behind.\n\n"
        "In summary, leak channels set the potential and the pump keeps the gradients."
    ),
    "How do influenza viruses enter a cell?": (
        "Influenza viruses bind sialic acid on the cell's surface and are taken up in a vesicle. "
        "Acid in the vesicle then makes the viral envelope fuse with its membrane."
    ),
    "How does DNA become RNA?": (
        "RNA polymerase reads one strand of DNA and joins ribonucleotides into RNA. The copy is then processed."
    ),
    "What happens to an animal cell in a hypotonic solution?": (
        "Water enters the cell by osmosis, so that it swells and may burst."
    ),
    "Which enzyme converts glucose to glycogen?": "Glycogen synthase joins glucose units into chains of glycogen.",
    "Why do enzymes stop working at high temperature?": (
        "Heat breaks the weak bonds that hold an enzyme in shape. The active site then no longer fits its substrate."
    ),
    "Which animals do not lay eggs?": "Most mammals bear live young; monotremes are the exception.",
}
"""A few entries of our own."""


def write_entries(folder: Path, entries: dict[str, str]) -> Path:
    """Write ``{question: answer}`` to a new folder and return that."""
    folder.mkdir(parents=True)
    for number, (question, answer) in enumerate(entries.items()):
        (folder / f"{number:03d}.md").write_text(entry_text(question, answer), encoding="utf-8")
    return folder


def answerer_over(corpus: Path, folder: Path, embedder: Embedder) -> Answerer:
    """Return an answerer over a corpus folder, with an index below another."""
    generation = indexed(corpus, folder, embedder)
    snapshot, catalog = generation.snapshot, generation.catalog
    repairer = SpellingRepairer(snapshot.words, snapshot.word_counts, is_english)
    retriever = Retriever(embedder, snapshot, catalog, QueryReader(repairer))
    composer = Composer(embedder, snapshot.postings)
    return Answerer(retriever, composer, catalog, Provenance("corpus", "index", "embedder"))


def check_grounding(answer: Answer, answerer: Answerer) -> None:
    """Fail unless every sentence is supported, cited and in the text in its place, and verbatim where it says so."""
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.n == number
        assert citation.quote
        assert citation.quote == answerer.store.answer_of(citation.url)[citation.start : citation.end]
        assert citation.title == answerer.store.question_of(citation.url)
    position = 0
    for sentence in answer.sentences:
        position = answer.text.find(sentence.text, position)
        assert position >= 0, f"not in the text in its place: {sentence.text!r}"
        position += len(sentence.text)
        assert sentence.citations
        assert sentence.support == "supported"
        assert not sentence.verbatim or sentence.text in answer.citations[sentence.citations[0] - 1].quote
    used = [n for sentence in answer.sentences for n in sentence.citations]
    assert set(used) == {citation.n for citation in answer.citations}
    assert list(dict.fromkeys(used)) == sorted(set(used)), "citations are not numbered by first use"
    assert not {citation.url for citation in answer.citations} & {one.url for one in answer.suggestions}
    if answer.status == "abstained":
        assert answer.sentences == ()
    if answer.rung == "composed":
        check_references(answer, answerer)


def check_references(answer: Answer, answerer: Answerer) -> None:
    """Fail where a sentence's opening refers to what is not shown right before it: a name, or what is in its entry."""
    position = 0
    for place, sentence in enumerate(answer.sentences):
        position = answer.text.index(sentence.text, position)
        if DANGLES.match(sentence.text) and not NAME.search(answer.text[:position]):
            assert place > 0, f"the answer starts with a reference: {sentence.text!r}"
            before = answer.sentences[place - 1].text
            url = answer.citations[sentence.citations[0] - 1].url
            follows = re.compile(re.escape(before) + r"[\s\d.)>#*+-]+" + re.escape(sentence.text))
            assert follows.search(answerer.store.answer_of(url)), f"its antecedent was left out: {sentence.text!r}"
        position += len(sentence.text)
