"""Answers kept in a file that processes share, and that may be damaged, locked or not writable."""

from __future__ import annotations

import multiprocessing
import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.adapters.answer_cache import AnswerCache
from rag.adapters.strict_json import from_json, to_json
from rag.models import KeptAnswer, QuotedPlace, Sentence


def kept(text: str = "Cells divide.") -> KeptAnswer:
    """Return an answer of one sentence."""
    return KeptAnswer(
        "answered", text, (Sentence(text, (1,), "supported", verbatim=False),), (QuotedPlace("p1", 3, 9),), (), "m"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a cache is to be, below a folder that is not there yet."""
    return tmp_path / "folder" / "answers.sqlite3"


def test_what_is_kept_is_given_again(file: Path) -> None:
    """By the same process and by another, equal in every field; nothing else is."""
    answer = kept("Zellen teilen sich \ud800 – “so”.")
    cache = AnswerCache(file, 5)
    cache.keep("a", answer)

    assert cache.get("a") == answer
    cache.close()
    assert cache.get("a") == AnswerCache(file, 5).get("a") == answer
    assert AnswerCache(file, 5).get("b") is None


def test_nothing_is_made_before_something_is_kept(file: Path) -> None:
    """To look for an answer leaves no file behind."""
    assert AnswerCache(file, 5).get("a") is None
    assert not file.parent.exists()


def test_a_newer_answer_takes_the_place_of_an_older(file: Path) -> None:
    """Under one key there is one."""
    cache = AnswerCache(file, 5)
    cache.keep("a", kept("Old."))
    cache.keep("a", kept("New."))

    assert cache.get("a") == kept("New.")
    assert count(file) == 1


def test_those_used_longest_ago_give_way(file: Path) -> None:
    """To be given is to be used; never are there more than may be."""
    cache = AnswerCache(file, 3)
    for key in "abc":
        cache.keep(key, kept(key))
    assert cache.get("a")
    cache.keep("d", kept("d"))

    assert [key for key in "abcd" if cache.get(key)] == ["a", "c", "d"]
    assert count(file) == 3
    AnswerCache(file, 1).keep("e", kept("e"))
    assert count(file) == 1


def test_bytes_are_bounded_too(file: Path) -> None:
    """However few answers there are; one that is too large by itself is not kept, and displaces none."""
    size = len(to_json(kept("x" * 100)))
    cache = AnswerCache(file, 100, most_bytes=2 * size)
    for key in "abc":
        cache.keep(key, kept("x" * 100))
    cache.keep("large", kept("x" * 9 * size))

    assert [key for key in ("a", "b", "c", "large") if cache.get(key)] == ["b", "c"]


def test_two_processes_keep_and_are_given_at_once(file: Path) -> None:
    """None of them fails, none is given what is not whole, and the bound holds for all together."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        given = list(pool.map(keep_many, [file, file], ["a", "b"]))

    assert count(file) <= 20
    assert all(one in {None, kept("a"), kept("b")} for own in given for one in own)
    assert any(one is not None for own in given for one in own)


def keep_many(file: Path, name: str) -> list[KeptAnswer | None]:
    """Keep forty answers and look for those of both processes; runs in a process of its own."""
    cache = AnswerCache(file, 20)
    found: list[KeptAnswer | None] = []
    for number in range(40):
        cache.keep(f"{name}{number}", kept(name))
        found += [cache.get(f"{one}{number}") for one in "ab"]
    return found


def test_threads_share_a_cache(file: Path) -> None:
    """As concurrent streams do."""
    cache, numbers = AnswerCache(file, 200), range(150)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: cache.keep(str(number), kept(str(number))), numbers))
        assert list(pool.map(lambda number: cache.get(str(number)), numbers)) == [kept(str(n)) for n in numbers]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_no_cache(file: Path, content: bytes) -> None:
    """Nothing fails; an empty file is as good as none."""
    file.parent.mkdir()
    file.write_bytes(content)
    cache = AnswerCache(file, 5)

    assert cache.get("a") is None
    cache.keep("a", kept())
    assert cache.get("a") == (None if content else kept())


def test_a_file_of_another_shape_is_no_cache(file: Path) -> None:
    """One that a later release made, say."""
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE answers (key TEXT, words TEXT)")
    cache = AnswerCache(file, 5)
    cache.keep("a", kept())

    assert cache.get("a") is None


def test_a_folder_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    """A file stands where the folder should be: nothing fails."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    cache = AnswerCache(tmp_path / "taken" / "answers.sqlite3", 5)
    cache.keep("a", kept())

    assert cache.get("a") is None


def test_a_file_that_cannot_be_written_still_gives(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept before the disk became read-only, or full, is given; that it was used is not recorded."""
    AnswerCache(file, 5).keep("a", kept())
    connect = sqlite3.connect

    def refuse_writers(*given: Any, **named: Any) -> sqlite3.Connection:
        database = connect(*given, **named)
        database.execute("PRAGMA query_only=ON")
        return database

    monkeypatch.setattr(sqlite3, "connect", refuse_writers)
    cache = AnswerCache(file, 5)
    cache.keep("b", kept())
    assert (cache.get("a"), cache.get("b")) == (kept(), None)


def test_a_locked_file_costs_no_answer(file: Path) -> None:
    """Another process writes and does not end: nothing is kept, what is there is given."""
    cache = AnswerCache(file, 5)
    cache.keep("a", kept())
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        cache.keep("b", kept())
        assert cache.get("a") == kept()

    assert cache.get("b") is None


def test_a_failure_leaves_nothing_half_done(file: Path) -> None:
    """What cannot be kept, on a full disk say, neither keeps others from writing nor is there in part."""
    cache = AnswerCache(file, 5)
    cache.keep("a", kept())
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(FAIL, 'disk full'); END")
        cache.keep("b", kept())
        other.execute("DROP TRIGGER full")
    assert (cache.get("a"), cache.get("b")) == (kept(), None)
    cache.keep("b", kept())
    assert cache.get("b") == kept()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE answers SET answer = replace(answer, 'divide', 'double')",
        "UPDATE answers SET key = 'a' WHERE key = 'b'",
        "UPDATE answers SET answer = NULL",
    ],
)
def test_an_answer_that_was_changed_is_not_given(file: Path, change: str) -> None:
    """Not by one letter, and not under another's key."""
    cache = AnswerCache(file, 5)
    cache.keep("b" if "'b'" in change else "a", kept())
    with closing(sqlite3.connect(file)) as database, database:
        try:
            database.execute(change)
        except sqlite3.IntegrityError:
            database.execute("UPDATE answers SET answer = x'00'")

    assert cache.get("a") is None


text = st.text(max_size=20)
answers = st.builds(
    KeptAnswer,
    st.sampled_from(["answered", "partial"]),
    text,
    st.lists(
        st.builds(
            Sentence,
            text,
            st.lists(st.integers(), max_size=3).map(tuple),
            st.sampled_from(["supported", "partly"]),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(QuotedPlace, text, st.integers(), st.integers()), max_size=3).map(tuple),
    st.lists(text, max_size=2).map(tuple),
    text,
)


@given(answers)
def test_every_answer_is_read_back_as_it_was(answer: KeptAnswer) -> None:
    """In all its fields and types."""
    assert from_json(to_json(answer), KeptAnswer) == answer


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"status":"answered"', '"status":"sure"'),
        ('"status":"answered"', '"status":["answered"]'),
        ('"model":"m"', '"model":null'),
        ('"model":"m"', '"model":"m","more":1'),
        (',"model":"m"', ""),
        ('"citations":[1]', '"citations":[1.0]'),
        ('"citations":[1]', '"citations":[true]'),
        ('"citations":[1]', '"citations":"1"'),
        ('"verbatim":false', '"verbatim":0'),
        ('"start":3', '"start":"3"'),
        ('"quotes":[{', '"quotes":[7,{'),
        ("}", ""),
    ],
)
def test_what_is_not_exactly_an_answer_is_refused(old: str, new: str) -> None:
    """A field too few, too many, or of another type."""
    told = to_json(kept())
    assert old in told
    with pytest.raises(ValueError, match=r"no |Expecting|delimiter"):
        from_json(told.replace(old, new, 1), KeptAnswer)


@pytest.mark.parametrize("told", ["null", "[]", "7", "[" * 100_000, ""])
def test_what_is_no_answer_at_all_is_refused(told: str) -> None:
    """Whatever JSON it is, or none."""
    with pytest.raises(ValueError, match=r"no |Expecting|nested"):
        from_json(told, KeptAnswer)


def count(file: Path) -> int:
    """Return how many answers a file holds."""
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT count(*) FROM answers").fetchone()[0]
