"""Follow-ups are read as questions that stand alone, and nothing else is changed."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_threads import thread

from rag.conversation import Resolution, resolve, turn_of
from rag.corpus import load_corpus
from rag.models import Citation, Suggestion


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("What is the sodium-potassium pump?", "How does it work?", "How does the sodium-potassium pump work?"),
        ("How do neurons die?", "why do they die?", "why do neurons die?"),
        ("What is a nephron?", "How many of them has a kidney?", "How many of nephrons has a kidney?"),
        ("What is CRISPR?", "What are its risks?", "What are the risks of CRISPR?"),
        ("How did Darwin explain evolution?", "What was his evidence?", "What was Darwin's evidence?"),
        ("What is a plasmid?", "How do bacteria pass it on?", "How do bacteria pass a plasmid on?"),
        ("What is a Punnett square?", "How do you use one?", "How do you use a Punnett square?"),
        ("What is an antibody?", "How do monoclonal ones differ?", "How do monoclonal antibodies differ?"),
        ("wat r ribosomes", "wat r they made of", "wat r ribosomes made of"),
        ("What is apoptosis?", "It's common?", "Apoptosis is common?"),
        ("Which enzyme unwinds DNA?", "How does it work?", "How does the enzyme that unwinds DNA work?"),
    ],
)
def test_pronouns_are_read_as_what_was_asked_about(before: str, question: str, resolved: str) -> None:
    """A pronoun stands for the subject of the question before, with which it agrees in number."""
    assert resolve(question, thread(before)).resolved == resolved


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("What is apoptosis?", "What causes this?", "What causes apoptosis?"),
        ("What is crossing over?", "Why does this process matter?", "Why does crossing over matter?"),
        ("What do T cells do?", "Where do these cells mature?", "Where do T cells mature?"),
        ("How do stomata open?", "Why does that matter?", "Why does the fact that stomata open matter?"),
        ("Why does a cell need ATP?", "What proves that?", "What proves the fact that a cell needs ATP?"),
        ("How did plants reach land?", "when did this happen?", "When did plants reach land?"),
        ("Why is cyanide poisonous?", "why does that kill you?", "why does cyanide kill you?"),
        ("What is diffusion?", "How is that different from osmosis?", "How is diffusion different from osmosis?"),
    ],
)
def test_demonstratives_are_read_as_a_thing_or_a_fact(before: str, question: str, resolved: str) -> None:
    """Where the question before said something of its subject, "this" may stand for that."""
    assert resolve(question, thread(before)).resolved == resolved


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("How do plants store energy?", "And in animals?", "How do animals store energy?"),
        ("How does photosynthesis work in plants?", "in bacteria?", "How does photosynthesis work in bacteria?"),
        ("How is RNA built?", "in viruses?", "How is RNA built in viruses?"),
        ("What happens in prophase?", "and in anaphase?", "What happens in anaphase?"),
        ("Do plants respire at night?", "and during the day?", "Do plants respire during the day?"),
        ("What happens in meiosis?", "what about mitosis?", "What happens in mitosis?"),
        ("How does xylem carry water?", "And leaves?", "How do leaves carry water?"),
        ("How is the lagging strand made?", "And the leading one?", "How is the leading strand made?"),
        ("What is exponential growth?", "And logistic?", "What is logistic growth?"),
        ("What is type 1 diabetes?", "and type 2?", "What is type 2 diabetes?"),
        ("What is the role of mRNA?", "tRNA?", "What is the role of tRNA?"),
        ("Can humans digest cellulose?", "can cows?", "can cows digest cellulose?"),
        ("Are all enzymes proteins?", "why?", "Why are all enzymes proteins?"),
        ("How do B cells fight infection?", "Why?", "Why do B cells fight infection?"),
        ("What is mutualism?", "an example?", "What is an example of mutualism?"),
        ("What is phenylketonuria?", "What are the symptoms?", "What are the symptoms of phenylketonuria?"),
        ("What is a molecular clock?", "how accurate?", "how accurate is a molecular clock?"),
        ("What is a codon?", "how many are there?", "how many codons are there?"),
    ],
)
def test_fragments_are_completed_from_the_question_before(before: str, question: str, resolved: str) -> None:
    """What is left out is what the question before said; what is named takes the place of its like."""
    assert resolve(question, thread(before)).resolved == resolved


@pytest.mark.parametrize(
    ("before", "question", "resolved"),
    [
        ("What is meiosis?", "How does it differ from mitosis?", "How does meiosis differ from mitosis?"),
        ("What is genotype?", "How does phenotype differ?", "How does phenotype differ from genotype?"),
        ("What is rough ER?", "versus smooth?", "rough ER versus smooth ER?"),
        ("What is a gene?", "Is an allele the same?", "Is an allele the same as a gene?"),
        ("What are DNA and RNA?", "Which one is older?", "Which of DNA and RNA is older?"),
        ("What is DNA?", "What's the difference with RNA?", "What's the difference between DNA and RNA?"),
    ],
)
def test_comparisons_get_their_other_side(before: str, question: str, resolved: str) -> None:
    """What a comparison leaves out is the subject of the question before."""
    assert resolve(question, thread(before)).resolved == resolved


def test_a_difference_between_nothing_named_is_between_the_last_two_subjects() -> None:
    """Two questions about one thing each may be followed by one about both."""
    history = thread("What is a B cell?", "And a T cell?")
    assert resolve("What's the difference?", history).resolved == "What's the difference between a B cell and a T cell?"


@pytest.mark.parametrize(
    "question",
    [
        "Why do cells divide when they grow?",
        "When a neuron fires, how do its ion channels behave?",
        "How do cells destroy proteins they no longer need?",
        "Is it true that humans evolved from chimpanzees?",
        "What does it mean for an enzyme to be allosteric?",
        "How many ATP are made from one glucose?",
        "How does the body get rid of the heat that it makes?",
        "Who showed that DNA replication is semiconservative, and how did they do it?",
        "Compare the structure of a prokaryotic cell with that of a eukaryotic cell.",
        "How do Gram-positive bacteria differ from Gram-negative ones?",
        "How do prey animals defend themselves?",
        "Is this true: DNA is found only in the nucleus?",
        "And what is a test cross?",
        "In plants, how is water moved up?",
        "How do arteries and veins differ?",
        "citric acid cycle",
        "types of animal tissue",
        "What about evolution, is it gradual?",
        "What is the difference between mitosis and meiosis?",
        "  How do cilia   move?\n",
        "¿?",
    ],
)
def test_what_stands_alone_is_returned_as_it_is(question: str) -> None:
    """A question that names all that it speaks of is not changed, not by a byte, whatever was asked before."""
    expected = Resolution(question, question, "", "stands_alone")
    assert resolve(question, thread("What is osmosis?", "How do ribosomes work?")) == expected


def test_no_question_of_the_corpus_leans_on_another(repository: Path) -> None:
    """The questions of all entries stand alone, each asked after the one before it."""
    questions = [entry.question for entry in load_corpus(repository / "corpus").entries.values()]
    assert len(questions) > 300
    assert [after for before, after in pairwise(questions) if resolve(after, thread(before)).resolved != after] == []


def test_without_history_nothing_is_resolved() -> None:
    """A pronoun in a first question, or after mere thanks, stands for nothing."""
    assert resolve("How does it work?", []).kind == "stands_alone"
    assert resolve("How does it work?", thread("thanks!")).resolved == "How does it work?"


def test_a_long_question_says_itself_what_it_is_about() -> None:
    """Nothing is read into a question of more than 300 characters."""
    question = f"How does it work? {'I have read about cells for days. ' * 9}"
    assert resolve(question, thread("What is osmosis?")).resolved == question


def test_the_reason_says_what_was_carried() -> None:
    """It quotes the word and what it was read as, or the question that completed a fragment."""
    history = thread("What does the sodium-potassium pump do?")
    assert resolve("How does it work?", history).reason == '"it" read as "the sodium-potassium pump"'
    assert resolve("and aquaporins?", history).reason == 'completed from "What does the sodium-potassium pump do?"'
    assert resolve("Is an ion channel the same?", history).reason == 'compared with "the sodium-potassium pump"'


def test_the_more_recent_of_two_subjects_is_meant() -> None:
    """After a new topic a pronoun no longer stands for the old one."""
    history = thread("What is a stoma?", "How does it open?", "What is auxin?")
    assert resolve("How does it bend shoots?", history).resolved == "How does auxin bend shoots?"


def test_number_tells_which_subject_is_meant() -> None:
    """A pronoun passes over a later subject that it does not agree with."""
    history = thread("What are chloroplasts?", "What is chlorophyll?")
    assert resolve("Where are they?", history).resolved == "Where are chloroplasts?"
    assert resolve("What colour is it?", history).resolved == "What colour is chlorophyll?"


def test_what_nothing_before_agrees_with_is_left_as_it_is() -> None:
    """After something that cannot be counted, "they" stands for something else."""
    assert resolve("What are they?", thread("What is mitosis?")).kind == "stands_alone"


def test_the_subject_of_the_answer_comes_after_those_of_the_question() -> None:
    """What the answer was about is meant where nothing in the question agrees."""
    history = thread("What makes shoots bend?", answer="Auxin makes shoots bend. It is a hormone.")
    assert history[0].subjects == ("shoots", "Auxin")
    assert resolve("Where is it made?", history).resolved == "Where is Auxin made?"
    assert resolve("Where do they bend?", history).resolved == "Where do shoots bend?"


def test_a_chain_is_resolved_turn_by_turn() -> None:
    """Each follow-up is read against the resolved form of the one before; thanks between them change nothing."""
    history = thread("What is photosynthesis?", "Where does it take place?", "thanks!", "And respiration?")
    assert [turn.resolved for turn in history] == [
        "What is photosynthesis?",
        "Where does photosynthesis take place?",
        "thanks!",
        "Where does respiration take place?",
    ]


def test_what_was_asked_long_ago_is_not_meant() -> None:
    """A word points back over four turns at most."""
    history = thread("What are stomata?", "What is auxin?", "What is xylem?", "What is phloem?", "What is bark?")
    assert resolve("Where are they?", history).kind == "stands_alone"


@pytest.mark.parametrize(
    "said",
    ["Can you say that more simply?", "shorter please", "I don't get it", "are you sure?", "what are your sources?"],
)
def test_talk_about_the_answer_is_told_apart(said: str) -> None:
    """It is no question to search for, is not changed, and is nothing that a later word stands for."""
    resolution = resolve(said, thread("What is osmosis?"))
    assert (resolution.kind, resolution.resolved) == ("meta", said)
    assert turn_of(resolution, "Water moves.").subjects == ()


@pytest.mark.parametrize("said", ["hi", "Thanks!", "ok thanks, that helps", "See you tomorrow", "cool"])
def test_greetings_and_thanks_are_told_apart(said: str) -> None:
    """They are no question to search for."""
    assert resolve(said, thread("What is osmosis?")).kind == "greeting"


def test_what_is_long_is_no_talk() -> None:
    """More than 120 characters are more than thanks: looking for them in a long text could take long."""
    assert resolve("ok thanks " * 13, []).kind == "stands_alone"


@pytest.mark.parametrize("said", ["Explain prophase", "What does that mean in plant cells?", "Thanks, and in plants?"])
def test_a_question_is_not_taken_for_talk(said: str) -> None:
    """What asks about biology is a question, however it begins."""
    assert resolve(said, thread("What is mitosis?")).kind in {"follow_up", "stands_alone"}


WORDS = st.sampled_from(
    "what how why is does do are it they this that these one ones of in and about plants osmosis the a cell differ "
    "different same which example ? , : its his more thanks happen happens when 'it’s' 2 K⁺ \n".split(" ")
)
SAID = st.lists(WORDS, max_size=9).map(" ".join)


@given(st.lists(SAID, max_size=3), SAID)
@settings(max_examples=500, deadline=None)
def test_whatever_is_said_is_resolved(before: list[str], said: str) -> None:
    """Nothing raises; what is no follow-up is returned as it is, and a follow-up says what was carried."""
    resolution = resolve(said, thread(*before, answer="Cells do it."))
    assert resolution.question == said
    assert (resolution.kind == "follow_up") == bool(resolution.reason)
    if resolution.kind != "follow_up":
        assert resolution.resolved == said


def test_resolving_is_deterministic(repository: Path) -> None:
    """The same thread gives the same resolution."""
    lines = (repository / "evals/datasets/follow-up/dev.jsonl").read_text(encoding="utf-8").splitlines()
    for case in map(json.loads, lines[:30]):
        before = [turn["question"] for turn in case["turns"]]
        assert resolve(case["question"], thread(*before)) == resolve(case["question"], thread(*before))


def test_what_was_suggested_is_asked_as_it_stands() -> None:
    """Its "it" is explained by its own words, whatever was spoken of before."""
    question = "Define cladistics and explain its purpose in evolutionary biology."
    history = thread("How do ribosomes build proteins?")
    assert resolve(question, history).kind == "follow_up"

    first = resolve("What is a clade?", history)
    offered = [*history, turn_of(first, "A clade.", suggestions=[Suggestion("/cladistics", question)])]
    resolution = resolve(f"{question} ", offered)
    assert (resolution.kind, resolution.resolved) == ("stands_alone", f"{question} ")


def test_a_turn_keeps_what_was_shown() -> None:
    """Each entry that was cited once, in order, and what was suggested; also for talk about the answer."""
    cited = [Citation(n, url, "", "", "quote", 0, 5) for n, url in enumerate(("/a", "/b", "/a"), start=1)]
    offered = (Suggestion("/c", "Why?"),)
    for question in ("What is osmosis?", "shorter please"):
        turn = turn_of(resolve(question, []), "Water moves.", cited, offered)
        assert (turn.cited, turn.suggestions) == (("/a", "/b"), offered)
