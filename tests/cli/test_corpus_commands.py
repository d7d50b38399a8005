"""What an editor's commands write, and what they leave alone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag import Entry, parse_entry, render_entry
from rag.corpus import RelatedArticle, find_files, load_corpus, read_entry
from rag.testing import entry_text, make_entry

Run = Callable[..., Any]
State = dict[Path, tuple[bytes, int]]

CORPUS = Path("corpus")
GREEN_URL = "/learn/biology/questions/why-do-leaves-look-green"
PLACEHOLDERS = {"seo.page_description", "seo.page_keywords", "answer"}


def state_of(folder: Path) -> State:
    """Return bytes and time of change of every file below a folder."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_refused(result: Any, *words: str) -> None:
    """Fail unless a command ended with 1 and one line on standard error, and wrote nothing else."""
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err


def write(name: str, text: str, folder: Path = CORPUS) -> Path:
    """Write a file below a folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def edit(path: Path, **changes: Any) -> None:
    """Change some values of the entry in a file."""
    path.write_text(render_entry(dataclasses.replace(read_entry(path), **changes)), encoding="utf-8")


@pytest.mark.parametrize("command", ["lint", "stats", "show", "new", "related", "diff", "schema"])
def test_each_help_shows_an_example(run: Run, command: str) -> None:
    """The example is a command line that starts with this very command, whole on its line."""
    result = run("corpus", command, "--help")

    assert result.code == 0
    assert f"Example: quicktakes corpus {command}" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("new",),
        ("show",),
        ("diff",),
        ("diff", "corpus"),
        ("new", "Why?", "Because?"),
        ("new", "-x why?"),
        ("stats", "--nonsense"),
        ("related", "--limit", "9"),
        ("nonsense",),
    ],
)
def test_wrong_usage_ends_with_2_and_changes_nothing(run: Run, arguments: tuple[str, ...]) -> None:
    """A command that cannot be understood says so on standard error."""
    before = state_of(Path())

    result = run("corpus", *arguments)

    assert (result.code, result.out) == (2, "")
    assert result.err
    assert state_of(Path()) == before


@pytest.mark.parametrize(
    "command", [("stats",), ("new", "Why?"), ("show", "why"), ("related",), ("related", "--write")]
)
def test_a_missing_corpus_folder_is_one_line(run: Run, command: tuple[str, ...]) -> None:
    """Each command names the folder and the option that names another, and makes none."""
    assert_refused(run("corpus", *command, "--corpus-dir", "nowhere"), "nowhere", "--corpus-dir")
    assert not Path("nowhere").exists()


def test_the_schema_is_the_documented_one(run: Run, repository: Path) -> None:
    """`corpus schema` prints what docs/schemas has, character for character."""
    result = run("corpus", "schema")

    assert (result.code, result.err) == (0, "")
    assert result.out == (repository / "docs/schemas/entry.schema.json").read_text(encoding="utf-8")


# ---- new


def test_new_writes_one_file_and_says_where(run: Run) -> None:
    """Standard output is the path alone, fit for an editor's command line; the rest stands on standard error."""
    before, days = state_of(CORPUS), [dt.datetime.now(dt.UTC).date()]

    result = run("corpus", "new", "Why do stomata close at night?")

    path = CORPUS / "why-do-stomata-close-at-night.md"
    assert (result.code, result.out) == (0, f"{path}\n")
    assert result.err.count("\n") == 1
    assert "id 2;" in result.err
    assert f"quicktakes corpus lint {path}" in result.err
    after = state_of(CORPUS)
    assert after.pop(path)
    assert after == before
    entry = read_entry(path)
    assert (entry.id, entry.question) == (2, "Why do stomata close at night?")
    assert entry.date in {*days, dt.datetime.now(dt.UTC).date()}


def test_new_below_a_content_folder_goes_to_its_subject(run: Run) -> None:
    """With learn/ in the corpus folder the file lies in the subject's folder, which is made if it is not there."""
    (CORPUS / "learn/biology").mkdir(parents=True)

    biology = run("corpus", "new", "Why do stomata close at night?")
    marine = run("corpus", "new", "How do eels breathe?", "--subject", "Marine Studies")

    assert biology.out == "corpus/learn/biology/why-do-stomata-close-at-night.md\n"
    assert marine.out == "corpus/learn/marine-studies/how-do-eels-breathe.md\n"
    entry = read_entry(Path(marine.out.strip()))
    assert (entry.subject, entry.url) == ("Marine Studies", "/learn/marine-studies/questions/how-do-eels-breathe")


def lint_of(run: Run, *arguments: str) -> list[Any]:
    """Return what lint finds."""
    return run("corpus", "lint", *arguments, "--format", "json").lines


@pytest.mark.parametrize(
    "question",
    [
        "Why do stomata close at night?",
        "Matter: what is it?",
        'Why is CO₂ called "sour"?',
        "What is it that 'they' see?",
        "What do Q&A #1, {a} and [b] mean?",
        "42?",
        "No?",
        "- leading dash?",
    ],
)
def test_lint_finds_only_what_is_still_to_be_written(run: Run, question: str) -> None:
    """Each finding in a new file is a placeholder, or about the text that stands in for one."""
    path = run("corpus", "new", "--", question).out.strip()

    found = lint_of(run, path)

    waiting = [finding for finding in found if finding["code"] == "QT611"]
    assert {finding["message"].removesuffix(" is still to be written") for finding in waiting} == PLACEHOLDERS
    assert {finding["line"] for finding in found} == {finding["line"] for finding in waiting}
    assert len({finding["line"] for finding in waiting}) == 3


def test_a_filled_in_entry_has_no_finding(run: Run) -> None:
    """Once answer, description and keywords are written, nothing else has to be done."""
    path = Path(run("corpus", "new", "Why do stomata close at night?").out.strip())
    entry = read_entry(path)
    seo = dataclasses.replace(
        entry.seo,
        page_description="The answer explains how guard cells lose water in the dark, and why that saves it.",
        page_keywords="stoma, guard cell, turgor",
    )
    edit(path, seo=seo, answer=" ".join(["Guard cells lose water in the dark, so the pore between them shuts."] * 5))

    assert lint_of(run, str(path)) == []


def test_new_takes_the_next_id_of_the_settings_until_none_is_left(run: Run) -> None:
    """Ids come from corpus.ids in order; when they are used up, nothing is written."""
    write("quicktakes.toml", "[corpus]\nids = [500, 502]\n")
    edit(CORPUS / "leaves.md", id=500)

    ids = [read_entry(Path(run("corpus", "new", f"What is {name}?").out.strip())).id for name in "ab"]
    before = state_of(CORPUS)

    assert ids == [501, 502]
    assert_refused(run("corpus", "new", "What is c?"), "502", "corpus.ids", "quicktakes.toml")
    assert state_of(CORPUS) == before


def test_without_a_setting_new_takes_one_more_than_the_highest_id(run: Run) -> None:
    """Whatever numbers there are, the next is the highest and one; negative ones do not count."""
    edit(CORPUS / "leaves.md", id=900_041)
    edit(CORPUS / "kidneys.md", id=-5_000_000)

    assert read_entry(Path(run("corpus", "new", "What is a?").out.strip())).id == 900_042


@pytest.mark.parametrize(
    "question", ["Why do leaves look green?", "why do LEAVES  look green", "Why do βleaves look green?"]
)
def test_a_question_that_is_there_is_refused(run: Run, question: str) -> None:
    """Where an entry has the url, no file is written or touched, and the message names the one to edit."""
    before = state_of(CORPUS)

    assert_refused(run("corpus", "new", question), "corpus/leaves.md", "edit it instead")
    assert state_of(CORPUS) == before


@pytest.mark.parametrize("content", [b"", b"broken", b"---\nquestion: Why?\n---\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_entry_is_never_overwritten(run: Run, content: bytes) -> None:
    """A file of the new one's name keeps its bytes although nothing can be read from it."""
    (CORPUS / "what-is-a-gill.md").write_bytes(content)
    before = state_of(CORPUS)

    assert_refused(run("corpus", "new", "What is a gill?"), "corpus/what-is-a-gill.md", "is there already")
    assert state_of(CORPUS) == before


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("???", id="no letter"),
        pytest.param("", id="empty"),
        pytest.param(" \n\t ", id="white space"),
        pytest.param("α", id="no Latin letter"),
        pytest.param("--", id="dashes"),
        pytest.param("why " * 75, id="300 characters"),
        pytest.param("What is a bell\x07?", id="control character"),
        pytest.param("What is caf\udce9?", id="not UTF-8"),
    ],
)
def test_a_question_that_can_be_no_file_is_refused(run: Run, question: str) -> None:
    """One line says why; no file is left behind, not even an empty one."""
    before = state_of(CORPUS)

    assert_refused(run("corpus", "new", "--", question))
    assert state_of(CORPUS) == before


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("  What\n is\ta gill?  ", "what-is-a-gill.md"),
        ("Matter: what is it?", "matter-what-is-it.md"),
        ('Why is it "sour"?', "why-is-it-sour.md"),
        ("'What' is this?", "what-is-this.md"),
        ("-leading dash?", "leading-dash.md"),
        ("# What # is this?", "-what--is-this.md"),
        ("What is [bold]this[/bold]?", "what-is-boldthisbold.md"),
        (r"What is $\nu$, \neq and \n?", "what-is-nu-neq-and-n.md"),
        ("null", "null.md"),
    ],
)
def test_an_odd_question_is_asked_as_it_was_typed(run: Run, question: str, name: str) -> None:
    """Colons, quotes, dashes, markup and YAML's own words stand in the file as they were asked, on one line."""
    result = run("corpus", "new", "--", question)

    assert (result.code, result.out) == (0, f"corpus/{name}\n")
    entry = read_entry(CORPUS / name)
    assert entry.question == entry.title == entry.article_title == " ".join(question.split())


@pytest.mark.parametrize("question", ["Why do the leaves look so green?", "Why are green leaves looking green?"])
def test_new_warns_of_a_question_that_is_nearly_there(run: Run, question: str) -> None:
    """The file is written all the same; the warning names the entry that asks the same, and its question."""
    result = run("corpus", "new", question)

    assert result.code == 0
    assert Path(result.out.strip()).is_file()
    warning, _ = result.err.splitlines()
    assert warning == "warning: corpus/leaves.md asks nearly the same: Why do leaves look green?"


def test_new_does_not_warn_of_questions_about_something_else(run: Run) -> None:
    """A question that shares a word with others is no near-duplicate."""
    assert "warning" not in run("corpus", "new", "Why do leaves fall?").err


def test_new_works_beside_files_that_cannot_be_used(run: Run) -> None:
    """A broken file hides neither the ids nor the questions of the good ones."""
    write("broken.md", "nothing")

    assert read_entry(Path(run("corpus", "new", "What is a?").out.strip())).id == 2
    assert_refused(run("corpus", "new", "Why do leaves look green?"), "corpus/leaves.md")


def test_new_keeps_to_the_folder_of_the_option(run: Run) -> None:
    """--corpus-dir wins, and the corpus of the working folder stays as it is."""
    write("a.md", entry_text("What is a?", "A letter."), Path("other"))
    before = state_of(CORPUS)

    assert run("corpus", "new", "What is b?", "--corpus-dir", "other").out == "other/what-is-b.md\n"
    assert state_of(CORPUS) == before


def test_an_unfinished_entry_is_never_cited(run: Run) -> None:
    """Until it has an answer a new entry is in the corpus only: it is not indexed, found, offered or linked to."""
    question = "Why do stomata close at night?"
    path = Path(run("corpus", "new", question).out.strip())
    url = read_entry(path).url

    (synced,) = run("index", "sync", "--json").lines
    asked, found = run("ask", question, "--json"), run("search", question, "--json")

    assert (synced["left_out"], synced["entries"], synced["problems"]) == ({"unfinished": 1}, 3, [])
    assert "(unfinished)" in run("index", "status").out
    assert asked.code == 3
    for text in (asked.out, found.out, run("ask", question).out, run("search", question).out):
        assert "To be written." not in text
        assert url not in text
    assert url not in [other for line in run("corpus", "related", "--json").lines for other in line["related"]]


# ---- diff


@pytest.fixture
def folders() -> tuple[str, str]:
    """Return two equal folders of entries."""
    for folder in ("before", "after"):
        for name in ("newts", "eels", "gills"):
            write(f"{name}.md", entry_text(f"What are {name}?", "First line.\n\nSecond line."), Path(folder))
    return "before", "after"


def test_equal_folders_end_with_0(run: Run, folders: tuple[str, str]) -> None:
    """Where nothing differs nothing is written to standard output, with and without --json."""
    for options in ((), ("--json",)):
        result = run("corpus", "diff", *folders, *options)
        assert (result.code, result.out, result.err) == (0, "", "no differences\n")


def test_diff_tells_each_change_by_entry_and_key(run: Run, folders: tuple[str, str]) -> None:
    """Added, removed, changed and rewritten entries each have their sign; of a changed one, its lines are shown."""
    (Path("after") / "eels.md").unlink()
    write("apes.md", entry_text("What are apes?", "Primates."), Path("after"))
    edit(Path("after/gills.md"), answer="First line.\n\nAnother line.", id=7)
    newts = Path("after/newts.md")
    newts.write_text(newts.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    result = run("corpus", "diff", *folders)

    assert result.code == 1
    assert result.out.splitlines() == [
        "+ /learn/biology/questions/what-are-apes",
        "- /learn/biology/questions/what-are-eels",
        "~ /learn/biology/questions/what-are-gills",
        "    id",
        "      - 1",
        "      + 7",
        "    answer",
        "      - Second line.",
        "      + Another line.",
        "= /learn/biology/questions/what-are-newts  (the same values, written in another way)",
    ]
    assert result.err == "1 added, 1 removed, 1 changed, 1 in form only\n"


def test_diff_shows_links_and_a_mark_that_appear(run: Run, folders: tuple[str, str]) -> None:
    """Keys that were not there have lines that come and none that go."""
    link = RelatedArticle(id=9, title="What is a?", subject="Biology", url="/learn/biology/questions/what-is-a")
    edit(Path("after/eels.md"), no_index=True, related=(link,))

    assert run("corpus", "diff", *folders).out.splitlines() == [
        "~ /learn/biology/questions/what-are-eels",
        "    no_index",
        "      + True",
        "    related_article1.id",
        "      + 9",
        "    related_article1.title",
        "      + What is a?",
        "    related_article1.subject",
        "      + Biology",
        "    related_article1.url",
        "      + /learn/biology/questions/what-is-a",
    ]


@pytest.mark.parametrize(
    "line", ["-- a line after dashes", "---", "++ a line after crosses", "+++", "@@ -1 +1 @@", "- a", "+ a"]
)
def test_diff_shows_lines_that_look_like_its_own(run: Run, folders: tuple[str, str], line: str) -> None:
    """A rule, a list item or dashes in an answer are lines of it, and are shown where they come or go."""
    edit(Path("after/eels.md"), answer=f"First line.\n\nSecond line.\n\n{line}")

    assert f"      + {line}" in run("corpus", "diff", *folders).out.splitlines()
    assert f"      - {line}" in run("corpus", "diff", *folders[::-1]).out.splitlines()


def test_diff_as_json_is_one_object_a_change(run: Run, folders: tuple[str, str]) -> None:
    """Each line has url, kind and the changed keys with their text before and after, null where there is none."""
    (Path("after") / "eels.md").unlink()
    edit(Path("after/gills.md"), answer="First line.\n\nAnother line.", no_index=True)

    result = run("corpus", "diff", *folders, "--json")

    assert result.code == 1
    assert result.lines == [
        {"url": "/learn/biology/questions/what-are-eels", "kind": "removed", "keys": []},
        {
            "url": "/learn/biology/questions/what-are-gills",
            "kind": "changed",
            "keys": [
                {"key": "no_index", "before": None, "after": "True"},
                {
                    "key": "answer",
                    "before": "First line.\n\nSecond line.",
                    "after": "First line.\n\nAnother line.",
                },
            ],
        },
    ]


def test_diff_names_the_files_it_cannot_use(run: Run, folders: tuple[str, str]) -> None:
    """Unusable files of either folder stand on standard error with their place, and hide no difference."""
    write("bad.md", "nothing", Path("before"))
    write("worse.md", "nothing", Path("after"))

    result = run("corpus", "diff", *folders, "--json")

    assert (result.code, result.out) == (0, "")
    bad, worse, summary = result.err.splitlines()
    assert bad.startswith("before/bad.md:1: QT")
    assert worse.startswith("after/worse.md:1: QT")
    assert summary == "no differences"


@pytest.mark.parametrize("place", [0, 1])
def test_diff_of_a_missing_folder_names_it(run: Run, folders: tuple[str, str], place: int) -> None:
    """The one line names the folder that is not there, and no option that this command has not."""
    arguments = list(folders)
    arguments[place] = "nowhere"

    result = run("corpus", "diff", *arguments)

    assert_refused(result, "nowhere")
    assert "--corpus-dir" not in result.err


def test_diff_shows_markup_as_it_is(run: Run, folders: tuple[str, str]) -> None:
    """Square brackets in a text are no instructions to the terminal."""
    edit(Path("after/eels.md"), answer="An [bold]eel[/bold] [/red].")

    assert "      + An [bold]eel[/bold] [/red]." in run("corpus", "diff", *folders).out.splitlines()


# ---- show


@pytest.mark.parametrize(
    "name",
    [
        "what-is-a-gill",
        "what-is-a-gill.md",
        "/learn/biology/questions/what-is-a-gill",
        "corpus/deep/what-is-a-gill.md",
        "./corpus/deep/what-is-a-gill.md",
    ],
)
def test_an_entry_is_shown_by_url_slug_or_file(run: Run, name: str) -> None:
    """Whichever of its names is given, the entry is shown: question, answer, url, description and keywords."""
    write("deep/what-is-a-gill.md", entry_text("What is a gill?", "An organ that takes oxygen from water."))

    result = run("corpus", "show", name)

    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "What is a gill?"
    assert "An organ that takes oxygen from water." in lines
    assert "/learn/biology/questions/what-is-a-gill" in lines
    assert "Description: The answer to: What is a gill?" in lines
    assert "Keywords: one, two, three" in lines
    assert [line for line in lines if line != line.rstrip()] == []


def test_an_entry_is_shown_by_its_url_whatever_its_file_is_called(run: Run) -> None:
    """A url that `ask` cites leads to the entry, also where the file bears another name."""
    assert (CORPUS / "leaves.md").is_file()

    result = run("corpus", "show", GREEN_URL)

    assert result.code == 0
    assert "chlorophyll reflects green light" in result.out


def test_a_url_tells_entries_of_one_slug_apart(run: Run) -> None:
    """Where two subjects ask the same, the url decides, not the first file."""
    for subject in ("Botany", "Zoology"):
        text = entry_text("What is a cell?", f"What {subject} says.", subject=subject)
        write(f"learn/{subject.lower()}/what-is-a-cell.md", text)

    assert "What Zoology says." in run("corpus", "show", "/learn/zoology/questions/what-is-a-cell").out
    assert "What Botany says." in run("corpus", "show", "/learn/botany/questions/what-is-a-cell").out


def test_a_file_outside_the_corpus_can_be_shown(run: Run) -> None:
    """A draft need not lie in the corpus, nor have a corpus."""
    path = write("draft.md", entry_text("What is a draft?", "A text."), Path("elsewhere"))

    assert "What is a draft?" in run("corpus", "show", str(path), "--corpus-dir", "nowhere").out


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("what-is-gill", "what-is-a-gill"),
        ("what-is-a-gil.md", "what-is-a-gill"),
        ("/learn/biology/questions/what-are-gills", "what-is-a-gill"),
        ("kidney", "kidneys"),
    ],
)
def test_an_unknown_name_is_answered_with_near_ones(run: Run, name: str, near: str) -> None:
    """A mistyped name ends with 1, and the message names what may have been meant."""
    write("what-is-a-gill.md", entry_text("What is a gill?", "An organ."))

    assert_refused(run("corpus", "show", name), name, near)


@pytest.mark.parametrize("name", ["zzz-qqq", "", "/", "why-" * 75, "/learn/biology/questions/" + "why-" * 75])
def test_a_name_like_no_other_is_refused_without_a_hint(run: Run, name: str) -> None:
    """Where no name is near, none is offered, however long the one that was given."""
    result = run("corpus", "show", name)

    assert_refused(result, "no entry")
    assert "nearest" not in result.err


def test_a_file_that_cannot_be_read_is_shown_as_its_problem(run: Run) -> None:
    """The problem has file, line and code, whether the file was named by slug or by path."""
    write("what-is-a-gill.md", "---\nquestion >-\n")

    for name in ("what-is-a-gill", "corpus/what-is-a-gill.md"):
        assert_refused(run("corpus", "show", name), "corpus/what-is-a-gill.md:1: QT")


def test_show_as_json_has_every_key_with_its_text(run: Run) -> None:
    """One object on one line: keys as diff names them, the answer with real newlines, links included."""
    link = RelatedArticle(id=9, title="What is a?", subject="Biology", url="/learn/biology/questions/what-is-a")
    entry = dataclasses.replace(make_entry("What is a gill?", "An organ.\n\n$\\neg a$", id=-7), related=(link,))
    write("what-is-a-gill.md", render_entry(entry))

    result = run("corpus", "show", "what-is-a-gill", "--json")

    assert (result.code, result.err) == (0, "")
    (shown,) = result.lines
    assert list(shown)[:5] == ["_schema", "id", "date", "title", "article_title"]
    assert shown["answer"] == "An organ.\n\n$\\neg a$"
    assert (str(shown["id"]), shown["date"]) == ("-7", "2026-01-31")
    assert (shown["question"], shown["seo.page_keywords"]) == ("What is a gill?", "one, two, three")
    assert {key: str(value) for key, value in shown.items() if key.startswith("related")} == {
        "related_article1.id": "9",
        "related_article1.title": "What is a?",
        "related_article1.subject": "Biology",
        "related_article1.url": "/learn/biology/questions/what-is-a",
    }
    assert "no_index" not in shown


def test_show_lists_related_entries(run: Run) -> None:
    """Links stand under a heading of their own, by title; without links there is no such heading."""
    link = RelatedArticle(id=9, title="What is [b]a?", subject="Biology", url="/learn/biology/questions/what-is-ba")
    write("what-is-a-gill.md", entry_text("What is a gill?", "An organ."))
    assert "Related" not in run("corpus", "show", "what-is-a-gill").out
    edit(CORPUS / "what-is-a-gill.md", related=(link,))

    assert "Related\n  • What is [b]a?\n" in run("corpus", "show", "what-is-a-gill").out


def test_show_takes_no_markup_from_an_entry(run: Run) -> None:
    """Square brackets in question, subject, answer, description, keywords and links are shown as they are."""
    marked = "[bold]x[/bold] [/red] [link=file:///]y"
    entry = make_entry(f"What is {marked}?", f"It is {marked}.", subject=f"B {marked}")
    link = RelatedArticle(id=9, title=f"Why {marked}?", subject="Biology", url="/learn/biology/questions/what-is-a")
    seo = dataclasses.replace(entry.seo, page_description=f"Of {marked}.", page_keywords=f"{marked}, b")
    path = write("x.md", render_entry(dataclasses.replace(entry, related=(link,), seo=seo)))

    result = run("corpus", "show", str(path))

    assert result.code == 0
    for text in (
        f"What is {marked}?",
        f"B {marked}",
        f"It is {marked}.",
        f"Why {marked}?",
        f"Of {marked}.",
        f"{marked}, b",
    ):
        assert text in result.out


@pytest.mark.parametrize(
    "formula",
    [
        r"$\frac{a}{b}$",
        r"$v \neq 0$",
        r"$\nu$",
        r"$\ce{H2O -> OH- + H+}$",
        r"$K_m$ and $V_{max}$",
        r"$x_1 + x_2$",
        r"$$\sqrt{x^2}$$",
        r"\(\mu_{max}\)",
        r"\[E = mc^2\]",
        r"$a*b*c$",
        r"$10\,\text{mL}$",
        r"$\{a, b\}$",
        r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$",
        r"$p<q$ and $q>r$",
        "p<q and q>r",
        r"$a_{i}b_{j}$ and $_{14}C$, $_{12}C$",
    ],
)
def test_show_keeps_formulas_readable(run: Run, formula: str) -> None:
    """A formula is shown letter for letter: Markdown takes no backslash, asterisk or bracket out of it."""
    path = write("x.md", entry_text("What is x?", f"It is {formula}."))

    assert f"It is {formula}." in run("corpus", "show", str(path)).out


# ---- stats


def cells_of(table: str) -> dict[str, str]:
    """Return the second column of a printed table by the first, both without the spaces around them."""
    rows = [re.split(r" {2,}", line.rstrip(), maxsplit=1) for line in (row.strip() for row in table.splitlines())]
    return {row[0]: row[1] for row in rows if len(row) == 2}


@pytest.fixture
def mixed() -> None:
    """Make the corpus one with links, other subjects, left-out entries, repeats and a broken file."""
    link = RelatedArticle(id=9, title="What is a?", subject="Biology", url="/learn/biology/questions/what-is-a")
    write("mid.md", entry_text("What is on the midterm?", "Chapter one.", subject="Anatomy"))
    write("linked.md", render_entry(dataclasses.replace(make_entry("What is b?", "A letter."), related=(link, link))))
    write("plain.md", entry_text("What is c?", "One.").replace("\ntitle: >-\n    ", "\ntitle: "))
    write("again.md", entry_text("Why do leaves look green?", "Because.", subject="Botany"))
    write("near.md", entry_text("Why do the leaves look so green?", "Because of chlorophyll."))
    kidneys = read_entry(CORPUS / "kidneys.md")
    write("filed.md", entry_text(kidneys.question, kidneys.answer, subject="Medicine"))
    write("twice.md", entry_text("How do kidneys filter blood?", "Kidneys sieve."))
    write("broken.md", "nothing")


@pytest.mark.usefixtures("mixed")
def test_table_and_json_of_stats_agree(run: Run) -> None:
    """Every number of the JSON stands in the table, under its name."""
    (stats,) = run("corpus", "stats", "--json").lines
    result = run("corpus", "stats")
    cells = cells_of(result.out)

    def spread(name: str) -> str:
        return "{least:,} to {most:,}, median {median:,}".format(**stats[name])

    expected = {
        "entries": f"{stats['entries']:,}",
        **{subject: f"{count:,}" for subject, count in stats["subjects"].items()},
        **{f"dialect {name}": f"{count:,}" for name, count in stats["dialects"].items()},
        "words an answer": spread("answer_words"),
        "words a question": spread("question_words"),
        "characters a description": spread("description_characters"),
        "keywords": spread("keywords"),
        "related links": f"{stats['related_links']:,}",
        **{f"not knowledge: {reason}": f"{count:,}" for reason, count in stats["left_out"].items()},
        "files not usable": f"{len(stats['problems'])}",
        **{f"repeated {what}": f"{count:,}" for what, count in stats["duplicates"].items()},
    }
    assert {name: cells[name] for name in expected} == expected
    codes = {name.split()[0]: count for name, count in cells.items() if name.startswith("QT")}
    assert codes == {code: f"{count:,}" for code, count in stats["findings"].items()}
    assert len(cells) == len(expected) + len(codes)
    assert [line for line in result.out.splitlines() if line in stats["problems"]] == stats["problems"]


@pytest.mark.usefixtures("mixed")
def test_stats_count_what_is_there(run: Run) -> None:
    """Entries, subjects, dialects, links, what is left out and what is repeated are those that were written."""
    (stats,) = run("corpus", "stats", "--json").lines

    assert (stats["entries"], stats["related_links"]) == (9, 2)
    assert stats["subjects"] == {"Biology": 6, "Botany": 1, "Medicine": 1, "Anatomy": 1}
    assert stats["dialects"] == {"B": 8, "mixed": 1}
    assert stats["left_out"] == {"course-bound": 1}
    assert [problem.split(": ")[0] for problem in stats["problems"]] == ["corpus/broken.md:1", "corpus/twice.md:24"]
    assert stats["duplicates"] == {"urls": 1, "ids": 9, "questions": 3, "near-duplicate questions": 2}


@pytest.mark.usefixtures("mixed")
def test_findings_of_stats_are_those_of_lint(run: Run) -> None:
    """Each rule's number is how often lint reports it, with the corpus's own settings."""
    for settings in ("", '[corpus]\nignore = ["QT6", "QT216"]\n', '[corpus]\nignore-in = {"near.md" = ["QT7"]}\n'):
        write("quicktakes.toml", settings)
        (stats,) = run("corpus", "stats", "--json").lines
        assert stats["findings"] == Counter(finding["code"] for finding in lint_of(run, "corpus"))
        assert stats["findings"]


def test_stats_of_an_empty_corpus(run: Run) -> None:
    """Nothing counts as zero, and is no error."""
    Path("empty").mkdir()

    result = run("corpus", "stats", "--corpus-dir", "empty")

    assert (result.code, result.err) == (0, "")
    cells = cells_of(result.out)
    assert (cells["entries"], cells["words an answer"], cells["repeated urls"]) == ("0", "0 to 0, median 0", "0")


@pytest.mark.parametrize("subject", ["Bio [bold]x[/bold]", "Bio [/red]", "[red]"])
def test_stats_take_no_markup_from_a_subject(run: Run, subject: str) -> None:
    """Square brackets in a subject are no instructions to the terminal."""
    write("x.md", entry_text("What is x?", "A letter.", subject=subject))

    result = run("corpus", "stats")

    assert result.code == 0
    assert cells_of(result.out)[subject] == "1"


# ---- related

TOPICS = {
    "newts": "How do newts regrow {}?|Newts regrow {} from a blastema of stump cells.",
    "light": "How does chlorophyll treat {} light?|Chlorophyll absorbs {} photons in the thylakoid.",
    "blood": "Which artery brings blood to the {}?|The artery of the {} carries oxygen from the heart.",
}
WORDS = {
    "newts": ("legs", "tails", "jaws", "lenses", "hearts", "gills", "fins"),
    "light": ("red", "blue", "violet"),
    "blood": ("liver", "brain", "stomach", "spleen", "thigh"),
}


@pytest.fixture
def topics() -> dict[str, set[str]]:
    """Make the corpus one of three topics; return the urls of each topic's entries."""
    for path in find_files(CORPUS):
        path.unlink()
    urls: dict[str, set[str]] = {}
    number = 100
    for topic, template in TOPICS.items():
        for word in WORDS[topic]:
            question, answer = template.format(word, word).split("|")
            number += 1
            entry = make_entry(question, answer, id=number, subject=("Biology", "Zoology")[number % 2])
            write(entry.file_name, render_entry(entry))
            urls.setdefault(topic, set()).add(entry.url)
    return urls


def links_of(folder: Path = CORPUS) -> dict[str, list[str]]:
    """Return the urls that each entry links to."""
    return {url: [link.url for link in entry.related] for url, entry in load_corpus(folder).entries.items()}


def test_related_finds_others_about_the_same(run: Run, topics: dict[str, set[str]]) -> None:
    """Each entry gets up to five others, none twice and never itself, and those of its topic come first."""
    result = run("corpus", "related", "--json")

    related = {line["url"]: line["related"] for line in result.lines}
    assert result.code == 0
    assert related.keys() == {url for urls in topics.values() for url in urls}
    for topic, urls in topics.items():
        for url in urls:
            others = related[url]
            mates = min(5, len(urls) - 1)
            assert len(others) == len(set(others)) <= 5
            assert set(others[:mates]) <= urls - {url}, topic
            assert len(others) >= mates


@pytest.mark.usefixtures("topics")
def test_related_changes_nothing_unless_told_to(run: Run) -> None:
    """Without --write no file is touched; with it the files hold the very links that were shown."""
    before = state_of(CORPUS)
    shown = {line["url"]: line["related"] for line in run("corpus", "related", "--json").lines}
    text = run("corpus", "related")
    assert state_of(CORPUS) == before
    assert text.err == "15 entries, 15 to link anew with --write\n"

    result = run("corpus", "related", "--write")

    assert (result.code, result.err) == (0, "15 entries, 15 linked anew\n")
    assert result.out == text.out
    assert links_of() == shown


@pytest.mark.usefixtures("topics")
def test_json_and_write_go_together(run: Run) -> None:
    """--json says what --write writes."""
    shown = {line["url"]: line["related"] for line in run("corpus", "related", "--json", "--write").lines}

    assert links_of() == shown
    assert any(shown.values())


@pytest.mark.usefixtures("topics")
def test_links_are_those_of_the_entries_they_name(run: Run) -> None:
    """Id, title and subject of each link are its entry's, and the linter has nothing against any of them."""
    run("corpus", "related", "--write")

    entries = load_corpus(CORPUS).entries
    for entry in entries.values():
        assert entry.related
        for link in entry.related:
            target = entries[link.url]
            assert (link.id, link.title, link.subject) == (target.id, target.title, target.subject)
            assert target is not entry
    assert lint_of(run, "corpus", "--select", "QT4") == []
    assert run("corpus", "lint", "corpus", "--select", "QT2").code == 0


@pytest.mark.usefixtures("topics")
def test_a_second_run_changes_no_file(run: Run) -> None:
    """Links that are right already are not written again: bytes and times stay."""
    run("corpus", "related", "--write")
    before = state_of(CORPUS)

    result = run("corpus", "related", "--write")

    assert (result.out, result.err) == ("", "15 entries, 0 linked anew\n")
    assert state_of(CORPUS) == before


@pytest.mark.usefixtures("topics")
def test_linking_embeds_nothing_anew(run: Run) -> None:
    """Links are no knowledge: the next sync reads the changed files and embeds none of their passages."""
    run("corpus", "related", "--write")

    (report,) = run("index", "sync", "--json").lines

    assert (report["added"], report["edited"], report["removed"], report["embedded"]) == (0, 15, 0, 0)


ODD_FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "older dialect": lambda text: re.sub(r"\n(title|article_title): >-\n    ", r"\n\1: ", text).replace(
        "score: -1.0\n\n", ""
    ),
    "comments": lambda text: text.replace("author:", "# by hand\nauthor:").replace("---\n_", "---\n# head\n_"),
    "unknown keys": lambda text: text.replace("subject: ", "reviewers:\n- ann\n- bob\nsubject: "),
    "order of keys": lambda text: re.sub(r"(id: .*\n)(date: .*\n)", r"\2\1", text),
    "text below": lambda text: f"{text}\n\nNobody reads this.\n",
    "quotes": lambda text: text.replace("author: QuickTakes", "author: 'QuickTakes'"),
}


@pytest.mark.usefixtures("topics")
@pytest.mark.parametrize("form", ODD_FORMS)
def test_only_the_links_of_a_file_change(run: Run, form: str) -> None:
    """Whatever the form of a file, all its other bytes stay: without its links it is what it was."""
    texts = {path: ODD_FORMS[form](path.read_text(encoding="utf-8")) for path in find_files(CORPUS)}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")

    run("corpus", "related", "--write")

    for path, text in texts.items():
        after = path.read_bytes().decode()
        header, _, links = after.partition("related_article1:")
        before_links, fence, below = text.partition("\n---\n\n&nbsp;")
        assert header == before_links.rstrip("\n") + "\n"
        assert links.endswith(fence + below)
        assert render_entry(dataclasses.replace(parse_entry(after), related=())) == text


@pytest.mark.usefixtures("topics")
def test_links_that_are_wrong_are_replaced(run: Run) -> None:
    """A link to itself, a repeated one, one to nowhere and one with an old title all go."""
    run("corpus", "related", "--write")
    right = state_of(CORPUS)
    path, *others = find_files(CORPUS)
    entry = read_entry(path)
    good = entry.related[0]
    own = RelatedArticle(id=entry.id, title=entry.title, subject=entry.subject, url=entry.url)
    old, gone = dataclasses.replace(good, title="What was it once?"), dataclasses.replace(good, url=f"{good.url}-gone")
    edit(path, related=(own, good, good, old, gone))
    edit(others[0], related=())

    result = run("corpus", "related", "--write")

    assert result.err == "15 entries, 2 linked anew\n"
    assert {file: content for file, (content, _) in state_of(CORPUS).items()} == {
        file: content for file, (content, _) in right.items()
    }


def test_entries_left_out_of_the_index_have_no_links_and_get_none(run: Run, topics: dict[str, set[str]]) -> None:
    """A refusal and an unfinished entry are linked to by none, and what links they had are taken out."""
    newt = min(topics["newts"])
    target = load_corpus(CORPUS).entries[newt]
    link = RelatedArticle(id=target.id, title=target.title, subject=target.subject, url=target.url)
    refusal = make_entry("How do newts regrow eyes?", "I cannot answer this. Newts regrow eyes.", id=1)
    write("refusal.md", render_entry(dataclasses.replace(refusal, related=(link,))))
    marked = make_entry("How do newts regrow skin?", "Newts regrow skin from stump cells.", id=2)
    write("marked.md", render_entry(dataclasses.replace(marked, no_index=True)))
    new = run("corpus", "new", "How do newts regrow toes?").out.strip()
    hidden = [refusal.url, marked.url, read_entry(Path(new)).url]

    run("corpus", "related", "--write")

    links = links_of()
    assert [links[url] for url in hidden] == [[], [], []]
    assert not set(hidden) & {other for others in links.values() for other in others}
    assert len(links[newt]) == 5


@pytest.mark.parametrize("count", [0, 1])
def test_a_corpus_with_nothing_to_link_is_left_as_it_is(run: Run, count: int) -> None:
    """An empty corpus and one of a single entry have no links, and that is no error."""
    for path in find_files(CORPUS)[count:]:
        path.unlink()
    before = state_of(CORPUS)

    result = run("corpus", "related", "--write")

    assert (result.code, result.out) == (0, "")
    assert result.err.endswith(f"{count} entries, 0 linked anew\n")
    assert state_of(CORPUS) == before


def test_related_tells_of_files_it_cannot_use(run: Run, topics: dict[str, set[str]]) -> None:
    """An entry that cannot be read loses the links to it, so the editor must be told that it was not there."""
    run("corpus", "related", "--write")
    broken = load_corpus(CORPUS).paths[min(topics["newts"])]
    broken.write_text("nothing", encoding="utf-8")

    result = run("corpus", "related", "--write")

    assert result.code == 0
    assert broken.name in result.err or "could not be used: 1" in result.err


def test_related_shows_what_comes_goes_and_stays(run: Run, topics: dict[str, set[str]]) -> None:
    """Under each entry to be linked anew stand its links: + for a new one, - for one that goes, else neither."""
    run("corpus", "related", "--write")
    url = min(topics["light"])
    path, entry = load_corpus(CORPUS).paths[url], load_corpus(CORPUS).entries[url]
    gone = dataclasses.replace(entry.related[0], title="What is gone?", url=f"{entry.related[0].url}-gone")
    edit(path, related=(gone, *entry.related[1:]))

    shown = run("corpus", "related").out.splitlines()

    first, *rest = entry.related
    assert shown == [
        entry.question,
        f"  + {first.title}",
        *(f"    {link.title}" for link in rest),
        "  - What is gone?",
    ]


def test_an_entry_that_cannot_be_linked_to_is_named(run: Run, topics: dict[str, set[str]]) -> None:
    """Where a title has no form in a link, the message has that title; every file can still be read."""
    path = load_corpus(CORPUS).paths[min(topics["light"])]
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"\ntitle: >-\n    (.*)\n", r'\ntitle: " \1"\n', text), encoding="utf-8")
    assert read_entry(path).title.startswith(" How")

    result = run("corpus", "related", "--write")

    assert result.code == 0 or "How does chlorophyll treat blue light?" in result.err
    assert len(load_corpus(CORPUS).entries) == 15


def test_output_of_related_is_json_a_line(run: Run, topics: dict[str, set[str]]) -> None:
    """Each entry of the corpus has its line, in the order of the files, also one without links."""
    write("a.md", entry_text("What is still to be said?", "To be written."))

    lines = [json.loads(line) for line in run("corpus", "related", "--json").out.splitlines()]

    urls = [line["url"] for line in lines]
    assert urls == list(load_corpus(CORPUS).entries)
    assert lines[0] == {"url": "/learn/biology/questions/what-is-still-to-be-said", "related": []}
    assert len(urls) == sum(map(len, topics.values())) + 1


def test_every_entry_is_one_of_the_corpus(run: Run, topics: dict[str, set[str]]) -> None:
    """What is offered as related is there to be read."""
    entries: dict[str, Entry] = dict(load_corpus(CORPUS).entries)

    for line in run("corpus", "related", "--json").lines:
        assert set(line["related"]) <= entries.keys()
    assert topics
