"""What an asker gets: the curated answer, one composed of cited sentences, or an honest no."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_corpus import answerer_over, check_grounding, write_entries

from rag.adapters.minilm import MiniLMEmbedder
from rag.answering import Answerer
from rag.answering.questions import EXPLANATION, FACT
from rag.answering.reply import ABSTENTION, NOT_COVERED
from rag.corpus import load_corpus, read_entry
from rag.errors import QuestionError
from rag.testing import HashEmbedder

Answering = Callable[[dict[str, str]], Answerer]

NEURON = "Why is the inside of a resting neuron negative?"


@pytest.mark.parametrize(
    "question",
    [
        NEURON,
        "WHY IS THE INSIDE OF A RESTING NEURON NEGATIVE",
        "  why is the inside of the resting neuron negative ?! ",
        "Please explain why the inside of resting neurons is negative.",
    ],
)
def test_an_entrys_own_question_gets_its_answer_word_for_word(biology: Answerer, question: str) -> None:
    """Other case, punctuation, inflection and function words make no difference: the curated answer comes whole."""
    answer = biology.ask(question)

    url = "/learn/biology/questions/why-is-the-inside-of-a-resting-neuron-negative"
    assert (answer.status, answer.rung) == ("answered", "curated")
    assert answer.text == biology.store.answer_of(url)
    assert {citation.url for citation in answer.citations} == {url}
    assert "".join(sentence.text for sentence in answer.sentences).count("potassium") == answer.text.count("potassium")
    check_grounding(answer, biology)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("Which animals lay eggs?", "Which animals do not lay eggs?"),
        ("Why do enzymes not stop working at high temperature?", "Why do enzymes stop working at high temperature?"),
    ],
)
def test_a_negated_question_is_not_the_entrys_own(biology: Answerer, question: str, entry: str) -> None:
    """A negation on one side only keeps an entry's answer from being passed off as the curated one."""
    answer = biology.ask(question)

    assert any(evidence.title == entry for evidence in answer.evidence)
    assert answer.rung != "curated"


@pytest.mark.parametrize(
    "question",
    [
        "How does RNA become DNA?",
        "Which enzyme converts glycogen to glucose?",
        "What happens to an animal cell in a hypertonic solution?",
        "What is C4 photosynthesis?",
    ],
)
def test_a_question_for_the_opposite_does_not_get_the_curated_answer(biology: Answerer, question: str) -> None:
    """An entry whose question reads alike but asks for the reverse, or for another name, is not the answer."""
    assert biology.ask(question).rung != "curated"


def test_a_reworded_question_gets_a_composed_answer(biology: Answerer) -> None:
    """Where no entry was asked this very question, the answer is made of cited sentences, and says so."""
    answer = biology.ask("What do potassium leak channels do to the charge inside a resting nerve cell?")

    assert (answer.status, answer.rung) == ("answered", "composed")
    assert "potassium" in answer.sentences[0].text.lower()
    check_grounding(answer, biology)


@pytest.mark.parametrize(
    "question",
    [
        "Hello, how are you?",
        "Thank you!",
        "tell me a joke",
        "Who won the football world cup in 1998?",
        "What is the capital of France?",
        "How do I write a for loop in Python?",
        "asdf qwer zxcv",
        "???",
        "How does C4 photosynthesis work?",
        "How does HIV enter a cell?",
        "What does p53 do to enzymes at high temperature?",
    ],
)
def test_what_the_corpus_does_not_hold_is_not_answered(biology: Answerer, question: str) -> None:
    """Chit-chat, other subjects and names that the corpus lacks are declined, with entries that are near, if any."""
    answer = biology.ask(question)

    assert answer.status == "abstained"
    assert answer.text == ABSTENTION
    assert answer.sentences == answer.citations == ()
    assert {one.url for one in answer.suggestions} <= {one.url for one in answer.evidence}


def test_an_empty_corpus_answers_nothing(answering: Answering) -> None:
    """Without an entry there is an abstention with nothing to suggest, not an error."""
    answer = answering({}).ask(NEURON)

    assert (answer.status, answer.text) == ("abstained", ABSTENTION)
    assert answer.suggestions == answer.evidence == ()


@pytest.mark.parametrize("question", ["", "  \n", "x" * 4001])
def test_an_empty_or_endless_question_is_the_callers_error(biology: Answerer, question: str) -> None:
    """Nothing to search for, and a pasted document, are refused before anything is looked up."""
    with pytest.raises(QuestionError):
        biology.ask(question)


@pytest.mark.parametrize(
    "question", ["Why is \ud800 green?", "Why\x00 is it?", "\ufeffWhy?", "𝒲𝒽𝓎 leaves?", "'; DROP TABLE entries --"]
)
def test_odd_characters_do_no_harm(biology: Answerer, question: str) -> None:
    """Half a surrogate pair is refused as a question error at most; anything else is searched for."""
    try:
        answer = biology.ask(question)
    except QuestionError:
        return
    check_grounding(answer, biology)


def test_a_part_that_is_not_covered_is_named(biology: Answerer) -> None:
    """Of two questions, the one the corpus knows is answered and the other is repeated as not answered."""
    answer = biology.ask("How do influenza viruses get into cells, and what is the capital of France?")

    assert answer.status == "partial"
    assert answer.text.endswith(f"{NOT_COVERED} what is the capital of France?")
    assert any("sialic" in sentence.text for sentence in answer.sentences)
    assert "France" not in " ".join(sentence.text for sentence in answer.sentences)
    check_grounding(answer, biology)


def test_two_covered_parts_are_both_answered(biology: Answerer) -> None:
    """Both halves of a question find their sentences, in the order asked, and nothing is called uncovered."""
    answer = biology.ask("Why does heat stop enzymes from working and how do influenza viruses get into cells?")

    texts = [sentence.text for sentence in answer.sentences]
    heat = next(place for place, text in enumerate(texts) if "weak bonds" in text)
    entry = next(place for place, text in enumerate(texts) if "sialic" in text)
    assert answer.status == "answered"
    assert heat < entry
    assert NOT_COVERED not in answer.text
    check_grounding(answer, biology)


def test_an_excluded_entry_is_as_if_it_were_not_there(biology: Answerer) -> None:
    """It is neither cited, nor evidence, nor suggested, for its own question and for any other."""
    url = "/learn/biology/questions/why-is-the-inside-of-a-resting-neuron-negative"
    for question in (
        NEURON,
        "How do potassium ions move?",
        "tell me a joke",
        f"How does DNA become RNA and {NEURON.lower()}",
    ):
        answer = biology.ask(question, exclude=[url])

        seen = {one.url for one in (*answer.citations, *answer.evidence, *answer.suggestions)}
        assert url not in seen
        assert seen
        assert (answer.rung, answer.status) != ("curated", "answered")


def test_everything_can_be_excluded(biology: Answerer) -> None:
    """Excluding all entries, and urls that no entry has, is an empty corpus."""
    urls = {evidence.url for evidence in biology.ask(NEURON).evidence}

    answer = biology.ask(NEURON, exclude=[*urls, "/learn/biology/questions/none"])

    assert (answer.status, answer.evidence) == ("abstained", ())


def test_excluding_nothing_that_exists_changes_nothing(biology: Answerer) -> None:
    """An unknown url is no error and has no effect."""
    plain, excluded = biology.ask(NEURON), biology.ask(NEURON, exclude=["/nowhere"])

    assert (plain.text, plain.citations, plain.evidence) == (excluded.text, excluded.citations, excluded.evidence)


def test_sentences_that_say_the_same_are_merged_with_both_citations(answering: Answering) -> None:
    """Two entries with one sentence in common give that sentence once, resting on both."""
    shared = "Nephrons filter blood plasma through tiny sieves in the kidney."
    answerer = answering(
        {
            "How does a kidney filter blood plasma daily?": f"{shared} Salts return to blood along the loop.",
            "Where do nephrons filter blood plasma inside kidneys?": f"{shared} Urea leaves the kidney with water.",
            "Why do leaves look green?": "Chlorophyll reflects green light.",
        }
    )

    answer = answerer.ask("How do kidney nephrons filter blood plasma?")

    assert answer.rung == "composed"
    merged = [sentence for sentence in answer.sentences if sentence.text == shared]
    assert len(merged) == 1
    assert len({answer.citations[n - 1].url for n in merged[0].citations}) == 2
    assert answer.text.count(shared) == 1
    check_grounding(answer, answerer)


def test_a_merged_sentence_is_not_repeated_for_one_that_leans_on_it(answering: Answering) -> None:
    """Where both copies of a sentence are followed by a reference to it, the sentence still stands once."""
    shared = "Kidney nephrons filter blood plasma through tiny sieves."
    answerer = answering(
        {
            "How does a kidney filter blood plasma daily?": f"{shared} This filter of kidney nephrons stops cells.",
            "Where do nephrons filter blood plasma?": f"{shared} It lets kidney plasma salts pass.",
            "Why do leaves look green?": "Chlorophyll reflects green light.",
        }
    )

    answer = answerer.ask("How do kidney nephrons filter blood plasma?")

    assert answer.rung == "composed"
    assert [sentence.text for sentence in answer.sentences].count(shared) == 1
    check_grounding(answer, answerer)


def test_a_reference_brings_its_antecedent_along(answering: Answering) -> None:
    """A relevant sentence that opens with "These" comes after the duller one it refers to, or not at all."""
    answerer = answering(
        {
            "How do kidney nephrons work daily?": (
                "Kidney nephrons filter blood plasma.\n\n## Inside\n\n"
                "Every renal corpuscle holds a tuft of capillaries. "
                "These filter blood plasma of kidney nephrons at high pressure.\n\n## Outside\n\n"
                "Why so? They filter blood plasma of kidney nephrons again."
            ),
            "Why do leaves look green?": "Chlorophyll reflects green light.",
        }
    )

    answer = answerer.ask("Explain how kidney nephrons filter blood plasma at high pressure")

    texts = [sentence.text for sentence in answer.sentences]
    place = texts.index("These filter blood plasma of kidney nephrons at high pressure.")
    assert texts[place - 1] == "Every renal corpuscle holds a tuft of capillaries."
    assert not any(text.startswith("They") for text in texts)
    check_grounding(answer, answerer)


def test_a_reference_keeps_its_antecedent_across_the_parts_of_a_question(answering: Answering) -> None:
    """A sentence that leans on one already shown for the part before still stands right after that one."""
    answerer = answering(
        {
            "How do kidney nephrons work daily?": (
                "Kidney nephrons filter blood plasma through fine sieves. "
                "These nephrons return glucose with salts from urine.\n\n"
                "Blood plasma that kidney nephrons filter comes from arteries."
            ),
            "Why do leaves look green?": "Chlorophyll reflects green light.",
        }
    )

    answer = answerer.ask(
        "Where do kidney nephrons filter blood plasma? How do nephrons return glucose with salts from urine?"
    )

    assert answer.rung == "composed"
    check_grounding(answer, answerer)


def test_a_fact_is_answered_in_few_sentences(answering: Answering) -> None:
    """A question for a fact gets the best sentences only; an explanation may be longer, up to its limit."""
    sentences = [
        f"Kidney nephrons filter blood plasma of kind {word}." for word in "alpha beta gamma delta eps zeta".split()
    ]
    answerer = answering(
        {
            "How do kidney nephrons filter blood plasma daily?": "\n\n".join(
                f"{sentence} {' '.join(f'{word}{number}' for number in range(30))}."
                for word, sentence in zip("abcdef", sentences, strict=True)
            ),
            "Why do leaves look green?": "Chlorophyll reflects green light.",
        }
    )

    fact = answerer.ask("Where do kidney nephrons filter blood plasma?")
    explanation = answerer.ask("Explain how blood plasma of kind alpha is filtered by kidney nephrons")

    for answer, length in ((fact, FACT), (explanation, EXPLANATION)):
        assert answer.rung == "composed"
        assert 1 <= len(answer.sentences) <= length.sentences
        assert sum(len(sentence.text.split()) for sentence in answer.sentences) <= length.words


def test_the_time_of_each_stage_is_given(biology: Answerer) -> None:
    """Stages add up to no more than the total."""
    timings = biology.ask(NEURON).timings_ms

    assert timings.keys() == {"retrieve", "compose", "suggest", "total"}
    assert timings["retrieve"] + timings["compose"] <= timings["total"] + 0.2


def test_an_answer_repeats_word_for_word(biology: Answerer) -> None:
    """The same question to the same corpus gives the same answer."""
    question = "How do enzymes, neurons and viruses depend on heat?"
    first, second = biology.ask(question), biology.ask(question)

    assert (first.text, first.sentences, first.citations, first.evidence) == (
        second.text,
        second.sentences,
        second.citations,
        second.evidence,
    )


_WORDS = "kidney nephron filter blood plasma salt urea water vessel pressure hormone gland".split()
_words = st.lists(st.sampled_from(_WORDS), min_size=3, max_size=7).map(" ".join)
_openings = st.sampled_from(
    [
        "The",
        "A",
        "This",
        "It",
        "These",
        "However, the",
        "For example, a",
        "They",
        "In summary, the",
        "**Label**: The",
        "Such",
    ]
)
_ends = st.sampled_from([".", ".", "!", "?", ":", " ($K_m = 0.5$).", " (e.g. Fig. 2).", " at 3.5 °C.", '."'])
_sentences = st.builds("{} {} works{}".format, _openings, _words, _ends)
_paragraphs = st.lists(_sentences, min_size=1, max_size=4).map(" ".join)
_marks = st.sampled_from(["", "", "1. ", "2. ", "- ", "## Part\n\n", "> ", "$$x = y$$\n\n", "| a | b |\n|---|---|\n"])
_answers = st.lists(st.builds("{}{}".format, _marks, _paragraphs), min_size=1, max_size=5).map("\n\n".join)
_questions = st.builds("How does the {} work?".format, _words)
_corpora = st.dictionaries(_questions, _answers, min_size=1, max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    entries=_corpora,
    asked=st.one_of(_questions, st.builds("{} And why is {} so?".format, _questions, _words)),
    exclude_first=st.booleans(),
)
def test_no_answer_says_what_its_entries_do_not(entries: dict[str, str], asked: str, *, exclude_first: bool) -> None:
    """Over any corpus, sentences are verbatim, in order, cited at their offsets and readable where they stand."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = write_entries(folder / "corpus", entries)
        answerer = answerer_over(corpus, folder, HashEmbedder())
        exclude = sorted(load_corpus(corpus).entries)[:1] if exclude_first else []

        answer = answerer.ask(asked, exclude=exclude)

        check_grounding(answer, answerer)
        assert not {one.url for one in (*answer.citations, *answer.evidence, *answer.suggestions)} & set(exclude)


@pytest.fixture(scope="module")
def real_paths(real_biology: Path) -> list[Path]:
    """Return the files of 60 real entries on neighbouring topics."""
    topics = "meiosis", "photosynth", "enzyme", "neuron", "osmosis", "mitosis", "membrane"
    paths = [path for path in sorted(real_biology.glob("*.md")) if any(topic in path.name for topic in topics)]
    assert len(paths) >= 60
    return paths[:60]


@pytest.fixture(scope="module")
def real_answerer(real_paths: list[Path], tmp_path_factory: pytest.TempPathFactory, minilm: MiniLMEmbedder) -> Answerer:
    """Return an answerer with the default embedder over every second of the real entries."""
    folder = tmp_path_factory.mktemp("real")
    corpus = folder / "corpus"
    corpus.mkdir()
    for path in real_paths[::2]:
        (corpus / path.name).symlink_to(path)
    return answerer_over(corpus, folder, minilm)


@pytest.mark.real_entries
def test_answers_from_real_entries_are_grounded(real_paths: list[Path], real_answerer: Answerer) -> None:
    """Sixty real questions, each without its own entry, get answers that hold to every rule; many are composed."""
    composed = 0
    for entry in map(read_entry, real_paths):
        answer = real_answerer.ask(entry.question, exclude=[entry.url])
        check_grounding(answer, real_answerer)
        assert entry.url not in {one.url for one in (*answer.citations, *answer.evidence, *answer.suggestions)}
        composed += answer.rung == "composed" and answer.status != "abstained"
    assert composed >= 15


@pytest.mark.real_entries
def test_real_questions_get_their_own_answer_whole(real_paths: list[Path], real_answerer: Answerer) -> None:
    """Asked in lower case and without punctuation, every real question gets a curated answer word for word."""
    for entry in map(read_entry, real_paths[::2]):
        answer = real_answerer.ask(entry.question.lower().rstrip("?"))
        assert answer.rung == "curated"
        assert answer.text in {real_answerer.store.answer_of(citation.url) for citation in answer.citations}
        check_grounding(answer, real_answerer)
