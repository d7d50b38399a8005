"""Hostile input gives one located problem, quickly, and never another exception."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import parse_entry
from rag.corpus import decode_entry, load_corpus, read_entry
from rag.corpus.reader import MAX_BYTES
from rag.errors import CorpusError, Problem

SECONDS = 5


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """End a test that hangs, also inside a system call."""

    def stop(_signal: int, _frame: object) -> None:
        pytest.fail(f"took more than {SECONDS} s")  # no OSError, which the reader would take for a bad file

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def problem_of(text: str) -> Problem:
    """Return the one problem of a text that is no entry."""
    with pytest.raises(CorpusError) as caught:
        parse_entry(text, "some/x.md")
    (problem,) = caught.value.problems
    assert str(caught.value) == str(problem)
    assert re.fullmatch(r"some/x\.md:[1-9][0-9]*: QT[0-9]{3} \S.*", str(problem))
    return problem


def line_of(text: str, start: str) -> int:
    """Return the number of the first line that starts so."""
    return next(n for n, line in enumerate(text.split("\n"), start=1) if line.startswith(start))


# Added below line 3, so that the first line added is line 4.
ADDED = {
    "alias": ("x: 1\ny: *x", 5, "QT121"),
    "anchor": ("x: &a 1", 4, "QT121"),
    "anchor on a mapping": ("x: &a\n  b: 1", 4, "QT121"),
    "anchor on a list": ("x: &a [1]", 4, "QT121"),
    "anchor on a key": ("&a x: 1", 4, "QT126"),
    "alias as a key": ("y: 1\n*x : 2", 5, "QT126"),
    "alias bomb": ("a: [b]\nb: [*a,*a]\nc: [*b,*b]", 5, "QT121"),
    "merge key": ("x: 1\n<<: {y: 2}", 5, "QT122"),
    "merge key below": ("x:\n  y: 1\n  <<: {z: 2}", 6, "QT122"),
    "tag": ("x: !!python/object/apply:os.system [ls]", 4, "QT125"),
    "tag on text": ("x: 1\ny: !!str 2", 5, "QT125"),
    "tag on a mapping": ("x: !a {b: 1}", 4, "QT125"),
    "tag on a key": ("!!str x: 1", 4, "QT126"),
    "mapping as a key": ("{a: b}: c", 4, "QT126"),
    "list as a key": ("? [a, b]\n: c", 4, "QT126"),
    "repeated key": ("x: 1\nid: 5", 5, "QT124"),
    "repeated key below": ("x:\n  a: 1\n  a: 2", 6, "QT124"),
    "repeated quoted key": ("x: 1\n'x': 1", 5, "QT124"),
    "deep flow list": ("x: 1\ny: " + "[" * 50_000, 5, "QT123"),
    "deep flow mapping": ("x: 1\ny: " + "{a: " * 12_500, 5, "QT123"),
    "deep closed flow list": ("y: " + "[" * 25_000 + "]" * 25_000, 4, "QT123"),
    "deep block mapping": ("x:\n" + "\n".join(" " * n + "a:" for n in range(1, 320)), 13, "QT123"),
    "deep block list on one line": ("x:\n " + "- " * 25_000 + "a", 5, "QT123"),
    "deep complex keys": ("x: 1\n" + "? " * 25_000 + "a", 5, "QT126"),
    "tab indentation": ("x:\n\ty: 1", 5, "QT120"),
    "unclosed quote": ('x: "a', 4, "QT120"),
    "unclosed single quote": ("x: 1\ny: 'a", 5, "QT120"),
    "unclosed bracket": ("x: [a", 4, "QT120"),
    "colon in a plain value": ("x: a: b", 4, "QT120"),
    "key without colon": ("x >-\n    text", 4, "QT120"),
    "two keys on a line": ("seo2: {a: 1}\nx: {b: 1, c: 2} d", 5, "QT120"),
    "control character": ("x: 1\ny: a\x00b", 5, "QT104"),
    "form feed": ("x: a\fb", 4, "QT104"),
    "escape character": ("x: a\x1bb", 4, "QT104"),
    "delete": ("x: a\x7fb", 4, "QT104"),
    "high control character": ("x: a\x9fb", 4, "QT104"),
    "noncharacter": ("x: a\ufffeb", 4, "QT104"),
    "lone high surrogate": ("x: 1\ny: a\ud800b", 5, "QT104"),
    "lone low surrogate": ("x: a\udfff", 4, "QT104"),
    "CR inside a line": ("x: 1\ny: a\rb", 5, "QT103"),
    "CRLF on one line": ("x: 1\ny: a\r\nz: 1", 5, "QT103"),
}


@pytest.mark.parametrize(("added", "line", "code"), ADDED.values(), ids=ADDED)
def test_hostile_lines_in_a_header_are_one_problem_at_their_line(
    dialect_a: str, added: str, line: int, code: str
) -> None:
    """What the format forbids in a header is named with its rule and its line."""
    text = dialect_a.replace("id: -7\n", f"id: -7\n{added}\n")
    problem = problem_of(text)
    assert (problem.line, problem.code) == (line, code)


REPLACED = {
    "huge id": ("id: -7", "id: " + "9" * 5000, "id:", "QT131"),
    "id is a word": ("id: -7", "id: seven", "id:", "QT131"),
    "id in other digits": ("id: -7", "id: ٣", "id:", "QT131"),
    "no such day": ("date: 2025-01-31", "date: 2025-02-30", "date:", "QT131"),
    "date in words": ("date: 2025-01-31", "date: yesterday", "date:", "QT131"),
    "empty value": ("author: QuickTakes", "author:", "author:", "QT131"),
    "empty quoted value": ("author: QuickTakes", 'author: ""', "author:", "QT131"),
    "empty folded value": ("    Why do newts regrow legs?\nanswer", "\nanswer", "question:", "QT131"),
    "list as a title": ("\ntitle: Why do newts regrow legs?", "\ntitle: [a]", "title:", "QT131"),
    "mapping as a subject": ("subject: Biology", "subject: {a: b}", "subject:", "QT131"),
    "seo is text": ("seo:\n", "seo: text\nseo2:\n", "seo:", "QT131"),
    "missing key": ("author: QuickTakes\n", "", "---", "QT130"),
    "missing key in seo": ("  title: QuickTakes | Biology\n", "", "seo:", "QT130"),
    "score is text": ("\n---\n\n&nbsp;", "\nscore: high\n---\n\n&nbsp;", "score:", "QT131"),
    "score is not a number": ("\n---\n\n&nbsp;", "\nscore: .nan\n---\n\n&nbsp;", "score:", "QT131"),
    "no_index is a word": ("answer: >-", "no_index: maybe\nanswer: >-", "no_index:", "QT131"),
    "links not from 1": (
        "\n---\n\n&nbsp;",
        "\nrelated_article2:\n    id: 1\n    title: a\n    subject: b\n    url: c\n---\n\n&nbsp;",
        "related_article2:",
        "QT133",
    ),
    "link without url": (
        "\n---\n\n&nbsp;",
        "\nrelated_article1:\n    id: 1\n    title: a\n    subject: b\n---\n\n&nbsp;",
        "related_article1:",
        "QT130",
    ),
    "seo on one line": ("seo:\n  title: QuickTakes | Biology\n", "seo: {title: a}\nx:\n", "seo:", "QT132"),
}


@pytest.mark.parametrize(("old", "new", "at", "code"), REPLACED.values(), ids=REPLACED)
def test_a_value_of_the_wrong_kind_is_one_problem_at_its_key(
    dialect_a: str, old: str, new: str, at: str, code: str
) -> None:
    """A key that is missing or holds what it cannot hold is named, at its line or its parent's."""
    text = dialect_a.replace(old, new, 1)
    assert text != dialect_a
    if code == "QT132":
        seo = "seo: {title: a, page_description: b, page_keywords: c}\n"
        text = dialect_a.partition("seo:\n")[0] + seo + "author: " + dialect_a.partition("\nauthor: ")[2]
    problem = problem_of(text)
    assert (problem.line, problem.code) == (line_of(text, at), code)


WHOLE = {
    "empty": ("", 1, "QT106"),
    "blank": ("\n \n\t\n", 1, "QT106"),
    "byte-order mark": ("\ufeff---\nid: 1\n---\n", 1, "QT102"),
    "byte-order mark alone": ("\ufeff", 1, "QT102"),
    "CRLF": ("---\r\nid: 1\r\n---\r\n", 1, "QT103"),
    "lone CR": ("---\rid: 1\r---\r", 1, "QT103"),
    "blank first line": ("\n---\nid: 1\n---\n", 1, "QT110"),
    "no fence": ("id: 1\nauthor: me\n", 1, "QT110"),
    "four dashes": ("----\nid: 1\n----\n", 1, "QT110"),
    "indented fence": (" ---\nid: 1\n---\n", 1, "QT110"),
    "text behind the fence": ("--- x\nid: 1\n---\n", 1, "QT110"),
    "unclosed fence": ("---\nid: 1\nauthor: me\n", 1, "QT111"),
    "fence alone": ("---", 1, "QT111"),
    "fence and newline": ("---\n", 1, "QT111"),
    "closing fence indented": ("---\nid: 1\n ---\n", 1, "QT111"),
    "empty header": ("---\n---\n", 2, "QT112"),
    "header of comments": ("---\n# id: 1\n---\n", 2, "QT112"),
    "list header": ("---\n\n- id\n- date\n---\n", 3, "QT112"),
    "flow list header": ("---\n[id, date]\n---\n", 2, "QT112"),
    "scalar header": ("---\njust text\n---\n", 2, "QT112"),
    "number header": ("---\n# n\n42\n---\n", 3, "QT112"),
    "two documents": ("---\nid: 1\n...\n--- {id: 2}\n---\n", 4, "QT112"),
    "alias header": ("---\n*a\n---\n", 2, "QT121"),
    "directive": ("---\n%YAML 1.1\n---\nid: 1\n---\n", 3, "QT120"),
    "deep header": ("---\n" + "[" * 50_000 + "\n---\n", 2, "QT123"),
    "deep indented header": ("---\n" + "- " * 25_000 + "\n---\n", 2, "QT123"),
    "many fences": ("---\n" * 10_000, 2, "QT112"),
    "dashes": ("-" * 500_000, 1, "QT110"),
    "fence with a long tail": ("---" + " " * 500_000 + "x", 1, "QT110"),
    "missing keys": ("---\nid: 1\n---\n", 1, "QT130"),
}


@pytest.mark.parametrize(("text", "line", "code"), WHOLE.values(), ids=WHOLE)
def test_a_text_that_is_no_entry_is_one_problem_at_its_line(text: str, line: int, code: str) -> None:
    """Files of any other shape are named with their rule and the line at fault."""
    problem = problem_of(text)
    assert (problem.line, problem.code) == (line, code)


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"], ids=["next line", "line", "paragraph"])
def test_unicode_line_ends_do_not_shift_the_line_of_a_problem(dialect_a: str, separator: str) -> None:
    """Lines are those that editors and grep count; a separator inside an answer is no line end, or a problem itself."""
    text = dialect_a.replace("Newts regrow legs because", f"Newts{separator}    regrow legs because")
    text = text.replace("\n---\n\n&nbsp;", "\nscore: high\n---\n\n&nbsp;")
    answer = text.split("\n").index("answer: >-") + 1
    assert problem_of(text).line in {answer + 1, text.split("\n").index("score: high") + 1}


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u2060"], ids=["byte-order mark", "zero width", "joiner"])
def test_an_invisible_mark_inside_a_text_is_kept_or_located(dialect_a: str, mark: str) -> None:
    """Invisible characters that are not at the start do no harm to the entry."""
    text = dialect_a.replace("Newts regrow", f"Newts {mark}regrow")
    assert parse_entry(text).answer.startswith(f"Newts {mark}regrow")


@pytest.mark.parametrize("piece", ["x\\n", "\\nu ", "$$\\nu ", "k{n}: v\n", "- ", "\n"])
def test_a_long_file_is_read_quickly(dialect_a: str, piece: str) -> None:
    """A file that repeats one thing 30,000 times is read within the time limit."""
    repeated = "".join(piece.replace("{n}", str(n)) for n in range(30_000))
    text = (
        dialect_a.replace("id: -7\n", f"id: -7\n{repeated}")
        if "{n}" in piece
        else dialect_a.replace("Newts regrow", f"Newts {repeated}    x regrow")
    )
    assert parse_entry(text).id == -7


BYTES = {
    "Latin-1": ("---\nid: 1\ntitle: Tène\n---\n".encode("latin-1"), 3, "QT101"),
    "UTF-16": ("---\nid: 1\n---\n".encode("utf-16"), 1, "QT101"),
    "cut inside a character": ("---\nid: 1\nx: é".encode()[:-1], 3, "QT101"),
    "encoded surrogate": (b"---\n\n\nx: \xed\xa0\x80\n---\n", 4, "QT101"),
    "overlong encoding": (b"---\nx: \xc0\xaf\n---\n", 2, "QT101"),
    "encoded byte-order mark": (b"\xef\xbb\xbf---\nid: 1\n---\n", 1, "QT102"),
    "CRLF": (b"---\r\nid: 1\r\n---\r\n", 1, "QT103"),
    "zeros": (b"\0" * 1000, 1, "QT104"),
    "empty": (b"", 1, "QT106"),
}


@pytest.mark.parametrize(("content", "line", "code"), BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_text_are_one_problem_at_their_line(
    tmp_path: Path, content: bytes, line: int, code: str
) -> None:
    """A file in another encoding is named with the line of its first wrong byte."""
    path = tmp_path / "x.md"
    path.write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        read_entry(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.code) == (str(path), line, code)
    with pytest.raises(CorpusError, match=code):
        decode_entry(content, path)


def make_folder(path: Path) -> None:
    """Make a folder where a file should be."""
    path.mkdir()


def make_dangling_link(path: Path) -> None:
    """Make a link to nothing."""
    path.symlink_to("nowhere.md")


def make_loop(path: Path) -> None:
    """Make a link to itself."""
    path.symlink_to(path.name)


def make_fifo(path: Path) -> None:
    """Make a pipe that nobody writes to."""
    os.mkfifo(path)


def make_device(path: Path) -> None:
    """Make a link to a device without end."""
    path.symlink_to("/dev/zero")


def make_unreadable(path: Path) -> None:
    """Make a regular file whose bytes cannot be read, whoever asks."""
    if not Path("/proc/self/mem").exists():
        pytest.skip("needs a system with /proc")
    path.symlink_to("/proc/self/mem")


def make_forbidden(path: Path) -> None:
    """Make a file that its owner may not read."""
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path.write_text("---\n", encoding="utf-8")
    path.chmod(0)


def make_huge(path: Path) -> None:
    """Make a file that is larger than an entry can be."""
    with path.open("wb") as file:
        file.truncate(50 * MAX_BYTES)


MAKERS = {
    make_folder: "QT100",
    make_dangling_link: "QT100",
    make_loop: "QT100",
    make_fifo: "QT100",
    make_device: "QT100",
    make_unreadable: "QT100",
    make_forbidden: "QT100",
    make_huge: "QT105",
}


@pytest.mark.parametrize(("make", "code"), MAKERS.items(), ids=lambda value: getattr(value, "__name__", None))
def test_what_cannot_be_read_as_a_file_is_one_problem(tmp_path: Path, make: object, code: str, dialect_a: str) -> None:
    """Folders, links to nothing, pipes, devices, unreadable and huge files are named, and the good entry stays."""
    path = tmp_path / "x.md"
    make(path)
    (tmp_path / "good.md").write_text(dialect_a, encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        read_entry(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.code) == (str(path), 1, code)
    corpus = load_corpus(tmp_path)
    assert corpus.problems == (problem,)
    assert list(corpus.entries) == ["/learn/biology/questions/why-do-newts-regrow-legs"]


def test_a_file_of_the_largest_size_is_read(tmp_path: Path, dialect_a: str) -> None:
    """The limit itself is allowed; one byte more is not."""
    path = tmp_path / "x.md"
    filled = dialect_a + "x" * (MAX_BYTES - len(dialect_a.encode()))
    path.write_text(filled, encoding="utf-8")
    assert read_entry(path).id == -7
    path.write_text(filled + "x", encoding="utf-8")
    with pytest.raises(CorpusError, match="QT105"):
        read_entry(path)


@pytest.mark.real_entries
def test_every_broken_real_file_gives_the_line_at_fault(real_folder: Path) -> None:
    """Each of the publisher's files that do not parse is one problem, on the line that an editor must mend."""
    paths = sorted((real_folder / "broken").glob("*.md"))
    assert len(paths) == 94
    codes: dict[str, int] = {}
    for path in paths:
        with pytest.raises(CorpusError) as caught:
            read_entry(path)
        (problem,) = caught.value.problems
        lines = path.read_text(encoding="utf-8").split("\n")
        line = lines[problem.line - 1]
        codes[problem.code] = codes.get(problem.code, 0) + 1
        if problem.code == "QT110":
            assert (problem.line, line) == (1, "")
        elif problem.code == "QT104":
            assert "\f" in line
            assert not any("\f" in earlier for earlier in lines[: problem.line - 1])
        else:
            assert line.lstrip().startswith("title: "), path
            assert ": " in line.partition("title: ")[2] or line.count('"') > 2, path
    assert codes == {"QT110": 74, "QT120": 15, "QT104": 5}


@pytest.mark.real_entries
def test_a_real_key_without_its_colon_is_named_at_its_line(real_folder: Path) -> None:
    """Once their blank first line is gone, the broken files are a problem at the key that lacks its colon."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((real_folder / "broken").glob("*.md"))]
    mended = [text[1:] for text in texts if text.startswith("\n")]
    assert len(mended) == 74
    for text in mended:
        problem = problem_of(text)
        assert (problem.line, problem.code) == (line_of(text, "question >-"), "QT120")
        assert "colon" in problem.message
