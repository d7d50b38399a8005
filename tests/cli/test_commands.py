"""What the commands write and how they end."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.cli.progress import show_progress
from rag.testing import entry_text

Run = Callable[..., Any]
Check = Callable[[str, Any], None]

GREEN = "Why do leaves look green?"
GREEN_URL = "/learn/biology/questions/why-do-leaves-look-green"


def assert_one_line_error(result: Any, *words: str) -> None:
    """Fail unless a command ended with 1 and one line on standard error, and wrote nothing else."""
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err


def test_an_answer_ends_with_0(run: Run) -> None:
    """Answer, source and time reach standard output; standard error stays empty."""
    result = run("ask", GREEN)

    assert (result.code, result.err) == (0, "")
    assert "chlorophyll reflects green light" in result.out
    assert GREEN_URL in result.out
    assert "[1]" in result.out
    assert "Took" in result.out


def test_an_abstention_ends_with_3(run: Run) -> None:
    """The corpus's silence has an exit code of its own, with and without --json."""
    result = run("ask", "Who won the football cup?")

    assert (result.code, result.err) == (3, "")
    assert "does not answer" in result.out
    assert run("ask", "Who won the football cup?", "--json").code == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("search",),
        ("ask", GREEN, "--batch", "questions.jsonl"),
        ("ask", "--nonsense"),
        ("nonsense",),
        ("search", GREEN, "--limit", "0"),
        ("search", GREEN, "--limit", "many"),
        ("index", "nonsense"),
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    """A command that cannot be understood says so on standard error and does nothing."""
    result = run(*arguments)

    assert (result.code, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err
    assert not Path(".quicktakes").exists()


@pytest.mark.parametrize(
    "command", [("ask",), ("search",), ("index", "sync"), ("index", "status"), ("corpus", "stats")]
)
def test_each_help_shows_an_example(run: Run, command: tuple[str, ...]) -> None:
    """The example is a command line that starts with this very command, whole on its lines."""
    result = run(*command, "--help")

    assert result.code == 0
    assert f"Example: quicktakes {' '.join(command)}" in result.out


def test_an_answer_as_json_follows_its_schema(run: Run, check_schema: Check) -> None:
    """Curated, composed and abstained answers are one object each, on one line."""
    for question, status, rung in (
        (GREEN, "answered", "curated"),
        ("Do chlorophyll leaves reflect green light?", "answered", "composed"),
        ("Who won the football cup?", "abstained", "composed"),
    ):
        result = run("ask", question, "--json")
        (answer,) = result.lines
        check_schema("ask", answer)
        assert (answer["question"], answer["status"], answer["rung"]) == (question, status, rung)
        assert "id" not in answer
        assert answer["provenance"]["embedder"] == "hash-embedder:1"
        assert answer["provenance"]["model"] is answer["provenance"]["prompt"] is None


def test_a_search_as_json_follows_its_schema(run: Run, check_schema: Check) -> None:
    """Results are distinct entries, ranked from 1, best score first."""
    (found,) = run("search", "kidneys blood", "--json").lines

    check_schema("search", found)
    assert found["query"] == "kidneys blood"
    assert [result["rank"] for result in found["results"]] == [1, 2, 3]
    assert len({result["url"] for result in found["results"]}) == 3
    assert found["results"][0]["url"].endswith("how-do-kidneys-filter-blood")
    scores = [result["score"] for result in found["results"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("name", ["ask", "search"])
def test_a_schema_refuses_what_it_does_not_name(run: Run, check_schema: Check, name: str) -> None:
    """A key more or a key less, at any depth, breaks the contract."""
    (value,) = run(name, GREEN, "--json").lines
    check_schema(name, value)

    for broken in _broken(value):
        with pytest.raises(Exception, match=r"is a required property|Additional properties") as refused:
            check_schema(name, broken)
        assert type(refused.value).__name__ == "ValidationError"


def _broken(value: Any) -> list[Any]:
    """Return copies of a value, each with one key too many or too few."""
    copies: list[Any] = []

    def visit(place: Any, name: str) -> None:
        if isinstance(place, dict) and name != "timings_ms":
            place["surplus"] = 1
            copies.append(json.loads(json.dumps(value)))
            del place["surplus"]
            for key in list(place):
                kept = place.pop(key)
                copies.append(json.loads(json.dumps(value)))
                place[key] = kept
        for key, inner in place.items() if isinstance(place, dict) else enumerate(place):
            if isinstance(inner, dict | list):
                visit(inner, str(key))

    visit(value, "")
    return copies


def test_letters_outside_ascii_are_readable_in_json(run: Run) -> None:
    """JSON is written in UTF-8 as it is, not in escapes."""
    assert '"query": "β-галактозидаза 酶"' in run("search", "β-галактозидаза 酶", "--json").out


def test_search_is_limited(run: Run) -> None:
    """--limit cuts the list of results."""
    assert len(run("search", GREEN, "--limit", "2", "--json").lines[0]["results"]) == 2


def test_excluded_entries_are_left_out(run: Run) -> None:
    """--exclude, given twice, hides both entries from ask and search."""
    other = "/learn/biology/questions/how-do-kidneys-filter-blood"
    exclude = ("--exclude", GREEN_URL, "--exclude", other)

    (found,) = run("search", GREEN, "--json", *exclude).lines
    assert [result["url"] for result in found["results"]] == ["/learn/biology/questions/what-do-ribosomes-build"]
    asked = run("ask", GREEN, "--json", *exclude)
    assert asked.code == 3
    assert GREEN_URL not in asked.out
    assert other not in asked.out


@pytest.mark.parametrize("name", ["ask", "search"])
def test_a_batch_keeps_order_and_ids(run: Run, batch: Callable[..., str], check_schema: Check, name: str) -> None:
    """Each line is replied to in its place, with its own id where it had one; abstaining is no failure."""
    questions = [GREEN, "Who won the football cup?", "What do ribosomes build?", GREEN]
    ids = ["z", "a/1", None, "z"]
    file = batch(
        *({"question": question} | ({"id": one} if one else {}) for question, one in zip(questions, ids, strict=True))
    )

    result = run(name, "--batch", file)

    assert (result.code, result.err) == (0, "")
    assert [line["question" if name == "ask" else "query"] for line in result.lines] == questions
    assert [line.get("id") for line in result.lines] == ids
    for line in result.lines:
        check_schema(name, line)
    assert run(name, "--batch", file, "--json").code == 0


def test_a_batch_obeys_exclude(run: Run, batch: Callable[..., str]) -> None:
    """--exclude holds for every line."""
    result = run("ask", "--batch", batch({"question": GREEN}, {"question": GREEN}), "--exclude", GREEN_URL)

    assert len(result.lines) == 2
    assert GREEN_URL not in result.out


def test_a_batch_accepts_history_and_empty_lines(run: Run, batch: Callable[..., str]) -> None:
    """A line's history is allowed; blank lines between are passed over."""
    line = {"id": "1", "question": GREEN, "history": [{"question": "What is a leaf?", "answer": "An organ."}]}

    assert len(run("ask", "--batch", batch(line, "", "  ", {"id": "2", "question": GREEN})).lines) == 2


def test_an_empty_batch_gets_an_empty_reply(run: Run, batch: Callable[..., str]) -> None:
    """A file without lines is no error."""
    result = run("ask", "--batch", batch())

    assert (result.code, result.out, result.err) == (0, "", "")


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[1, 2]",
        "null",
        '"a string"',
        '{"id": "x"}',
        '{"question": 7}',
        '{"question": null}',
        '{"question": ""}',
        '{"question": "   "}',
        '{"question": "cut off',
        '{"question": "half a pair: \\ud800"}',
        pytest.param(json.dumps({"question": "x" * 4001}), id="too long"),
        pytest.param("[" * 100_000, id="too deep"),
        pytest.param('{"question": "Why?", "id": ' + "9" * 5000 + "}", id="endless number"),
    ],
)
def test_a_bad_batch_line_is_named_before_anything_is_written(run: Run, batch: Callable[..., str], line: str) -> None:
    """The good line before it is not answered: file and line come first, in one line on standard error."""
    file = batch({"id": "1", "question": GREEN}, "", line, {"question": GREEN})

    assert_one_line_error(run("ask", "--batch", file), f"{file}:3: ")


def test_a_line_separator_in_a_question_does_not_end_its_line(run: Run, batch: Callable[..., str]) -> None:
    """Only a newline ends a line of JSON: U+2028, U+0085 and the like may stand in a string as they are."""
    questions = [f"Why do leaves{mark}look green?" for mark in ("\u2028", "\u2029", "\u0085")]

    result = run("search", "--batch", batch(*({"question": question} for question in questions)))

    assert result.code == 0
    assert [json.loads(line)["query"] for line in result.out.rstrip("\n").split("\n")] == questions


@pytest.mark.parametrize("what", ["missing", "folder", "latin-1"])
def test_a_batch_file_that_cannot_be_read_is_an_error(run: Run, tmp_path: Path, what: str) -> None:
    """A missing file, a folder and a file that is not UTF-8 are each named in one line."""
    file = tmp_path / what
    if what == "folder":
        file.mkdir()
    elif what == "latin-1":
        file.write_bytes(b'{"question": "caf\xe9"}\n')

    assert_one_line_error(run("ask", "--batch", str(file)), str(file))


@pytest.mark.parametrize(
    "command", [("ask", GREEN), ("search", GREEN), ("index", "sync"), ("index", "status"), ("corpus", "stats")]
)
def test_a_missing_corpus_folder_is_one_line(run: Run, command: tuple[str, ...]) -> None:
    """Every command names the folder and the option that names another."""
    assert_one_line_error(run(*command, "--corpus-dir", "nowhere"), "nowhere", "--corpus-dir")


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001, "not UTF-8: \udcff"])
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_question_that_cannot_be_asked_is_one_line(run: Run, command: str, question: str) -> None:
    """An empty or endless question, and bytes that are no text, end with 1 and a reason."""
    assert_one_line_error(run(command, question), "question")
    assert_one_line_error(run(command, question, "--json"), "question")


def test_a_data_folder_that_is_a_file_is_one_line(run: Run, tmp_path: Path) -> None:
    """Where the index cannot be kept, the operator learns which path is wrong; a question is answered all the same."""
    (tmp_path / "taken").write_text("not a folder")

    assert_one_line_error(run("index", "sync", "--data-dir", "taken"), "taken")
    answer = run("ask", GREEN, "--data-dir", "taken")
    assert (answer.code, answer.err.count("\n")) == (0, 1)
    assert "taken" in answer.err


def test_index_sync_says_what_it_did(run: Run, tmp_path: Path) -> None:
    """Counts on standard output; each unusable file on standard error, in one line that names its place."""
    (tmp_path / "corpus/broken.md").write_text("nothing")

    result = run("index", "sync")

    assert result.code == 0
    assert "3 entries, 6 passages" in result.out
    assert "1 files not usable" in result.out
    assert result.err.count("\n") == 1
    assert result.err.startswith("corpus/broken.md:1: QT")


def test_index_sync_as_json(run: Run) -> None:
    """The report's counts, the second time with nothing done."""
    first, second = (run("index", "sync", "--json").lines[0] for _ in range(2))

    assert (first["rebuilt"], first["added"], first["entries"], first["embedded"]) == (True, 3, 3, 6)
    assert (second["rebuilt"], second["added"], second["entries"], second["embedded"]) == (False, 0, 3, 0)


def test_index_status_follows_the_corpus(run: Run, tmp_path: Path) -> None:
    """Missing, in step, then stale; each as text and as JSON, and none of them changes the index."""

    def states() -> tuple[str, str]:
        text, lines = run("index", "status").out, run("index", "status", "--json").lines
        return text.splitlines()[0].removeprefix("state").strip(), lines[0]["state"]

    assert states() == ("missing", "missing")
    run("index", "sync")
    assert states() == ("in step", "in step")
    (tmp_path / "corpus/leaves.md").unlink()
    assert states() == ("stale", "stale")
    assert run("index", "status", "--json").lines[0]["removed"] == 1


def test_corpus_stats_counts(run: Run, tmp_path: Path) -> None:
    """Entries, subjects, what is left out and what cannot be used; as text and as JSON."""
    (tmp_path / "corpus/x.md").write_text(entry_text("What is a spleen?", "I cannot answer this.", subject="Anatomy"))
    (tmp_path / "corpus/broken.md").write_text("nothing")

    (stats,) = run("corpus", "stats", "--json").lines
    text = run("corpus", "stats")

    assert stats["entries"] == 4
    assert stats["subjects"] == {"Biology": 3, "Anatomy": 1}
    assert stats["left_out"] == {"refusal": 1}
    assert stats["answer_words"] == {"least": 4, "median": 8, "most": 11}
    assert [problem.split(": ")[0] for problem in stats["problems"]] == ["corpus/broken.md:1"]
    assert text.code == 0
    assert "corpus/broken.md:1: QT" in text.out
    assert "Anatomy" in text.out


def test_unusable_files_are_mentioned_with_an_answer(run: Run, tmp_path: Path) -> None:
    """An answer still comes; standard error says in one line where to look, and JSON stays clean."""
    (tmp_path / "corpus/broken.md").write_text("nothing")

    result = run("ask", GREEN, "--json")

    assert result.code == 0
    assert len(result.lines) == 1
    assert result.err.count("\n") == 1
    assert "quicktakes index status" in result.err


def test_the_environment_names_the_folders(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """QUICKTAKES_CORPUS_DIR and QUICKTAKES_DATA_DIR are used; empty ones are as if unset."""
    (tmp_path / "corpus").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("QUICKTAKES_CORPUS_DIR", "elsewhere")
    monkeypatch.setenv("QUICKTAKES_DATA_DIR", "kept")

    assert run("ask", GREEN).code == 0
    assert (tmp_path / "kept/indexes").is_dir()
    assert not (tmp_path / ".quicktakes").exists()

    monkeypatch.setenv("QUICKTAKES_CORPUS_DIR", "")
    assert_one_line_error(run("ask", GREEN), "corpus folder corpus does not exist")


def test_the_command_line_wins_over_the_environment(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--corpus-dir and --data-dir are used although the environment names others."""
    monkeypatch.setenv("QUICKTAKES_CORPUS_DIR", "nowhere")
    monkeypatch.setenv("QUICKTAKES_DATA_DIR", "unused")

    assert run("ask", GREEN, "--corpus-dir", "corpus", "--data-dir", "used").code == 0
    assert (tmp_path / "used").is_dir()
    assert not (tmp_path / "unused").exists()


@pytest.mark.parametrize("command", [("ask", "What does the longest url say?"), ("search", "longest url")])
def test_long_urls_are_not_cut_when_piped(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    """A url stands whole on one line, however narrow a terminal is assumed."""
    url = "/learn/biology/questions/" + "what-does-the-longest-url-say-" * 8 + "end"
    text = entry_text("What does the longest url say?", "The longest url says a lot.")
    lines = [f"url: {url}" if line.startswith("url: ") else line for line in text.split("\n")]
    (tmp_path / "corpus/long.md").write_text("\n".join(lines))

    assert url in run(*command).out


def test_markup_in_entries_is_shown_as_it_is(run: Run, tmp_path: Path) -> None:
    """Square brackets in a question are no instructions to the terminal."""
    question = "What does [bold]brackets[/bold] [/red] mean?"
    (tmp_path / "corpus/x.md").write_text(entry_text(question, "Brackets hold markup that has no meaning here."))

    for command in ("ask", "search"):
        result = run(command, question)
        assert result.code == 0
        assert "[bold]brackets[/bold]" in result.out


def test_a_table_stays_a_table(run: Run, tmp_path: Path) -> None:
    """The numbers of citations stand inside the cells of a table, and none in the line below its head."""
    table = "| Feature | Mitosis | Meiosis |\n|---|---|---|\n| Divisions | One | Two |\n| Nuclei | Two | Four |"
    answer = f"Mitosis and meiosis are two ways in which nuclei divide.\n\n{table}\n\nBoth follow one round of copying."
    (tmp_path / "corpus/x.md").write_text(entry_text("How do mitosis and meiosis differ?", answer), encoding="utf-8")
    shown = run("ask", "How do mitosis and meiosis differ?").out
    assert "───" in shown
    assert re.search(r"Nuclei +Two +Four", shown)
    assert "|" not in shown


def test_progress_is_silent_when_not_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written to a pipe or a file, whatever is reported."""
    with show_progress("Indexing") as progress:
        for done in range(1, 4):
            progress(done, 3)

    assert capsys.readouterr() == ("", "")


def test_progress_shows_a_bar_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the bar names the work and how much of it is done, on standard error only."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")

    with show_progress("Indexing") as progress:
        progress(3, 3)

    out, err = capsys.readouterr()
    assert out == ""
    assert "Indexing" in err
    assert "3/3" in err
