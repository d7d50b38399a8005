"""``quicktakes corpus lint``: what it writes, how it ends, and what it leaves on disk."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from rag.corpus import RelatedArticle, parse_entry, render_entry
from rag.linting import RULES
from rag.testing import make_entry

Run = Callable[..., Any]

QUESTION = "How do ants find the way home?"
OTHER = "Why do moths fly to lamps?"
ANSWER = (
    "Ants keep count of their steps and of each turn, so that at any moment they know how far away the nest is.\n\n"
    "1. **Compass**: the pattern of light in the sky tells them the direction, even under clouds.\n"
    "2. **Landmarks**: near the nest they compare what they see with what they saw when they left.\n\n"
    "In summary, an ant adds up its path and then looks around."
)

GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def clean(question: str = QUESTION, number: int = 1, links: Sequence[RelatedArticle] = ()) -> str:
    """Return the text of an entry that no rule finds fault with."""
    entry = make_entry(question, ANSWER, id=number)
    seo = dataclasses.replace(
        entry.seo, page_description="The answer explains how an ant walks straight back to its nest."
    )
    return render_entry(dataclasses.replace(entry, seo=seo, related=tuple(links)))


def with_author(text: str) -> str:
    """Return a text with one finding, QT202, that can be mended."""
    assert text.count("author: QuickTakes") == 1
    return text.replace("author: QuickTakes", "author: Somebody")


def with_date(text: str) -> str:
    """Return a text with one finding, QT215, that cannot be mended."""
    assert text.count("2026-01-31") == 1
    return text.replace("2026-01-31", "2999-01-31")


def put(name: str, text: str, question: str = QUESTION) -> Path:
    """Write an entry to a folder, or to a file ``*.md``, and return the path."""
    path = Path(name) if name.endswith(".md") else Path(name, f"{parse_entry(clean(question)).file_name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def assert_one_line_error(result: Any, *words: str) -> None:
    """Fail unless a command ended with 1 and one line on standard error, and wrote nothing else."""
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error: ")
    assert result.err.count("\n") == 1
    for word in words:
        assert word in result.err


# How it ends


def test_without_findings_it_ends_with_0(run: Run) -> None:
    """Standard output stays empty, and the count is on standard error."""
    put("notes", clean())
    put("notes", clean(OTHER, 2), OTHER)

    result = run("corpus", "lint", "notes")

    assert (result.code, result.out, result.err) == (0, "", "2 files checked, 0 findings\n")


def test_with_findings_it_ends_with_1(run: Run) -> None:
    """Findings are on standard output, a line each with its place; their number, and of the fixable, on the other."""
    path = put("notes", with_date(with_author(clean())))

    result = run("corpus", "lint", "notes")

    date, author = result.out.splitlines()
    assert date.startswith(f"{path}:4:7: QT215 date 2999-01-31 is in the future")
    assert author == f"{path}:17:9: QT202 author must be 'QuickTakes' [fixable]"
    assert (result.code, result.err) == (1, "1 files checked, 2 findings (1 can be mended with --fix)\n")


def test_where_all_is_mended_it_ends_with_0(run: Run) -> None:
    """The file is mended, and a second run has nothing to say."""
    path = put("notes", with_author(clean()))

    first, second = (run("corpus", "lint", "notes", "--fix") for _ in range(2))

    assert (first.code, first.out, first.err) == (0, "", "1 files checked, 1 files mended, 0 findings\n")
    assert (second.code, second.out, second.err) == (0, "", "1 files checked, 0 findings\n")
    assert path.read_text(encoding="utf-8") == clean()


def test_where_something_remains_it_ends_with_1(run: Run) -> None:
    """What was mended is not told as a finding; what is left is."""
    path = put("notes", with_date(with_author(clean())))

    result = run("corpus", "lint", "notes", "--fix")

    assert result.code == 1
    assert [line.split()[1] for line in result.out.splitlines()] == ["QT215"]
    assert result.err == "1 files checked, 1 files mended, 1 findings\n"
    assert path.read_text(encoding="utf-8") == with_date(clean())


def test_without_a_path_it_checks_the_corpus(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the environment, else ``corpus``."""
    shutil.rmtree("corpus")
    put("corpus", with_author(clean()))
    put("elsewhere", clean(OTHER), OTHER)

    assert run("corpus", "lint").out.startswith(f"corpus{os.sep}how-do-ants")
    monkeypatch.setenv("QUICKTAKES_CORPUS_DIR", "elsewhere")
    assert (run("corpus", "lint").code, run("corpus", "lint").err) == (0, "1 files checked, 0 findings\n")


@pytest.mark.parametrize("arguments", [["--format", "xml"], ["--format"], ["--nonsense"], ["--select"]])
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    """A command that cannot be understood says so and mends nothing."""
    path = put("notes", with_author(clean()))

    result = run("corpus", "lint", "notes", "--fix", *arguments)

    assert (result.code, result.out) == (2, "")
    assert path.read_text(encoding="utf-8") == with_author(clean())


@pytest.mark.parametrize("output_format", ["text", "json", "github"])
def test_an_empty_folder_has_no_findings(run: Run, output_format: str) -> None:
    """A folder without entries is no mistake."""
    Path("notes").mkdir()
    put("notes/README.md", "no entry")

    result = run("corpus", "lint", "notes", "--format", output_format)

    assert (result.code, result.out, result.err) == (0, "", "0 files checked, 0 findings\n")


def test_an_empty_folder_is_a_whole_sarif_document(run: Run) -> None:
    """Without findings there is a run without results."""
    Path("notes").mkdir()

    result = run("corpus", "lint", "notes", "--format", "sarif")

    (document,) = result.lines
    assert (result.code, document["runs"][0]["results"]) == (0, [])


# Which files


def test_a_path_that_is_not_there_is_told(run: Run) -> None:
    """One line names it, and the files named beside it are not touched."""
    path = put("notes", with_author(clean()))

    result = run("corpus", "lint", "notes", "nowhere", "--fix")

    assert_one_line_error(result, "nowhere")
    assert path.read_text(encoding="utf-8") == with_author(clean())


def test_the_advice_is_one_that_can_be_followed(run: Run) -> None:
    """The error names no option that this command does not have."""
    options = set(re.findall(r"--[a-z-]+", run("corpus", "lint", "--help").out))

    assert set(re.findall(r"--[a-z-]+", run("corpus", "lint", "nowhere").err)) <= options


@pytest.mark.parametrize(
    "paths",
    [
        ["notes", "notes"],
        ["{file}", "{file}"],
        ["notes", "{file}"],
        ["{file}", "notes"],
        ["notes", "./notes/../{file}"],
        ["notes", "link"],
        ["{file}", "links/other.md"],
    ],
)
def test_a_file_named_twice_is_checked_once(run: Run, paths: list[str]) -> None:
    """By its path in another form, by its folder, or through a link, a file is one file and no double of itself."""
    path = put("notes", with_author(clean()))
    Path("link").symlink_to("notes")
    Path("links").mkdir()
    Path("links/other.md").symlink_to(path.resolve())

    result = run("corpus", "lint", *(each.format(file=path) for each in paths))

    assert [line.split()[1] for line in result.out.splitlines()] == ["QT202"]
    assert result.err.startswith("1 files checked, 1 findings")


def test_files_and_folders_can_be_named_together(run: Run) -> None:
    """A file is checked whatever folder it is in, and so is each entry below a folder."""
    put("one", with_author(clean()))
    file = put("two", with_author(clean(OTHER, 2)), OTHER)
    put("two", with_author(clean("What is not named?", 3)), "What is not named?")

    result = run("corpus", "lint", "one", str(file))

    assert len(result.out.splitlines()) == 2
    assert result.err.startswith("2 files checked")


def test_a_named_file_is_checked_against_its_neighbours(run: Run) -> None:
    """Links lead to files that were not named, and of those nothing is told or mended."""
    link = RelatedArticle(
        id=2, title=OTHER, subject="Biology", url="/learn/biology/questions/why-do-moths-fly-to-lamps"
    )
    named = put("notes", clean(links=[link]))
    neighbour = put("notes", with_author(clean(OTHER, 2)), OTHER)

    result = run("corpus", "lint", str(named), "--fix")

    assert (result.code, result.out, result.err) == (0, "", "1 files checked, 0 findings\n")
    assert "Somebody" in neighbour.read_text(encoding="utf-8")


def test_a_neighbour_is_known_once(run: Run) -> None:
    """Of two folders, one inside the other, a file that was not named is no double of itself."""
    wrong = RelatedArticle(
        id=9, title=OTHER, subject="Biology", url="/learn/biology/questions/why-do-moths-fly-to-lamps"
    )
    named = put("notes", clean(links=[wrong]))
    inner = put("notes/inner", clean("What is inside?", 3), "What is inside?")
    put("notes/inner", clean(OTHER, 2), OTHER)

    result = run("corpus", "lint", str(named), str(inner))

    (line,) = result.out.splitlines()
    assert "QT403" in line
    assert line.endswith("[fixable]")


@pytest.mark.parametrize("settings", ["", 'ignore-in = {"b*" = ["QT1"]}'])
def test_a_link_that_leads_to_itself_hides_no_other_file(run: Run, settings: str) -> None:
    """It is a finding like any other file that cannot be read, whatever the settings."""
    put("notes", with_author(clean()))
    _settings(settings)
    Path("notes/a.md").symlink_to("a.md")

    result = run("corpus", "lint", "notes")

    assert [line.split()[1] for line in result.out.splitlines()] == ["QT100", "QT202"]


@pytest.mark.parametrize("output_format", ["text", "json", "github", "sarif"])
def test_a_name_that_is_not_utf_8_can_be_written(run: Run, output_format: str) -> None:
    """The finding names the file with an escape, in UTF-8, and the other file is checked."""
    put("notes", with_author(clean()))
    Path(os.fsdecode(b"notes/caf\xe9.md")).write_text(clean(), encoding="utf-8")

    result = run("corpus", "lint", "notes", "--format", output_format)

    assert result.code == 1
    assert "QT100" in result.out
    assert "QT202" in result.out
    assert "caf" in result.out
    assert result.out.encode().decode() == result.out
    assert result.err.startswith("2 files checked, 2 findings")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_a_finding(run: Run) -> None:
    """It hides no other file."""
    put("notes", with_author(clean()))
    put("notes/a.md", clean()).chmod(0)

    result = run("corpus", "lint", "notes")

    assert [line.split()[1] for line in result.out.splitlines()] == ["QT100", "QT202"]


# Which rules


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        ([], ["QT215", "QT202"]),
        (["--select", "QT202"], ["QT202"]),
        (["--select", "QT2"], ["QT215", "QT202"]),
        (["--select", "QT202,QT215"], ["QT215", "QT202"]),
        (["--select", " qt202 , qt5,"], ["QT202"]),
        (["--select", "QT202", "--select", "QT215"], ["QT215", "QT202"]),
        (["--select", "QT202,QT5", "--select", "QT21"], ["QT215", "QT202"]),
        (["--select", "QT3"], []),
        (["--ignore", "QT202"], ["QT215"]),
        (["--ignore", "QT202,QT215"], []),
        (["--ignore", "QT202", "--ignore", "qt21"], []),
        (["--select", "QT2", "--ignore", "QT20"], ["QT215"]),
    ],
)
def test_rules_are_chosen_by_code_or_its_beginning(run: Run, arguments: list[str], codes: list[str]) -> None:
    """Codes stand one after the other with commas, or with an option each, in letters of either case."""
    put("notes", with_date(with_author(clean())))

    result = run("corpus", "lint", "notes", *arguments)

    assert [line.split()[1] for line in result.out.splitlines()] == codes
    assert result.code == (1 if codes else 0)


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_code_is_refused(run: Run, option: str) -> None:
    """A slip ends the run before anything is mended."""
    path = put("notes", with_author(clean()))

    assert_one_line_error(run("corpus", "lint", "notes", "--fix", option, "QT202,QT999"), "QT999")
    assert path.read_text(encoding="utf-8") == with_author(clean())


def _settings(text: str) -> None:
    Path("notes").mkdir(exist_ok=True)
    Path("notes/quicktakes.toml").write_text(f"[corpus]\n{text}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("settings", "arguments", "codes"),
    [
        ('select = ["QT202"]', [], ["QT202"]),
        ('select = ["QT202"]', ["--select", "QT215"], ["QT215"]),
        ('ignore = ["QT202"]', [], ["QT215"]),
        ('ignore = ["QT202"]', ["--ignore", "QT215"], []),
        ('ignore = ["QT202"]', ["--select", "QT2"], ["QT215"]),
        ('ignore-in = {"how-do-ants*" = ["QT20"]}', [], ["QT215"]),
        ('ignore-in = {"notes/*" = ["QT20"]}', [], ["QT215", "QT202"]),
        ("keywords = [4, 9]", [], ["QT215", "QT305", "QT202"]),
        ("keywords = [4, 9]", ["--select", "QT3"], ["QT305"]),
    ],
)
def test_the_settings_of_the_corpus_hold(run: Run, settings: str, arguments: list[str], codes: list[str]) -> None:
    """Bounds and rules stand beside the files; what the command line selects replaces theirs, what it ignores adds."""
    put("notes", with_date(with_author(clean())))
    _settings(settings)

    assert [line.split()[1] for line in run("corpus", "lint", "notes", *arguments).out.splitlines()] == codes


@pytest.mark.parametrize(
    "settings",
    ["select = [", "selected = []", 'select = "QT2"', 'select = ["QT999"]', 'ignore = ["QT999"]',
     'ignore-in = {"*" = ["QT999"]}', 'ignore-in = {"*" = [""]}'],
)  # fmt: skip
def test_wrong_settings_are_told_in_one_line(run: Run, settings: str) -> None:
    """A slip in them ends the run before anything is mended."""
    path = put("notes", with_author(clean()))
    _settings(settings)

    assert_one_line_error(run("corpus", "lint", "notes", "--fix"))
    assert path.read_text(encoding="utf-8") == with_author(clean())


# How findings are written


def _odd_corpus() -> None:
    """Write entries with findings in odd places: names with signs of every format's own, letters outside the BMP."""
    put("notes/a b,c:d%e.md", with_author(clean()))
    put("notes/ä\n%0A.md", with_date(clean(OTHER, 2)))
    put("notes/z.md", clean("How do ants find their way home?", 3))
    put("notes/emoji.md", clean("What is a termite?", 4).replace("Ants keep count", "🐜🐜 mail ant@example.org"))
    twice = ("/learn/biology/questions/what-is-a-wasp", "|-\n    a: 50%,\n    ::b")
    for name in ("u", "v"):
        put(f"notes/{name}.md", clean("What is a wasp?", 5).replace(*twice))
    put("notes/broken.md", "")


def test_json_has_a_finding_a_line(run: Run) -> None:
    """Each line is an object with place, code, message and whether it can be mended; as many as the text has."""
    put("notes", with_date(with_author(clean())))

    found = run("corpus", "lint", "notes", "--format", "json")
    text = run("corpus", "lint", "notes").out.splitlines()

    assert [sorted(each) for each in found.lines] == [["code", "column", "fixable", "line", "message", "path"]] * 2
    for each, line in zip(found.lines, text, strict=True):
        mark = " [fixable]" if each["fixable"] else ""
        assert line == f"{each['path']}:{each['line']}:{each['column']}: {each['code']} {each['message']}{mark}"


@pytest.mark.parametrize("output_format", ["text", "json", "github", "sarif"])
def test_every_format_has_all_findings(run: Run, output_format: str) -> None:
    """The exit code and the count are the same, and every code is in the output as often as in the others."""
    _odd_corpus()
    wanted = sorted(each["code"] for each in run("corpus", "lint", "notes", "--format", "json").lines)

    result = run("corpus", "lint", "notes", "--format", output_format)

    found = {
        "text": lambda out: re.findall(r":\d+:\d+: (QT\d{3}) ", out),
        "json": lambda out: re.findall(r'"code": "(QT\d{3})"', out),
        "github": lambda out: re.findall(r",title=(QT\d{3})::", out),
        "sarif": lambda out: re.findall(r'"ruleId": "(QT\d{3})"', out),
    }[output_format]
    assert sorted(found(result.out)) == wanted
    assert len(wanted) > 8
    assert result.code == 1
    assert f"7 files checked, {len(wanted)} findings" in result.err


def _unescaped(text: str, *signs: tuple[str, str]) -> str:
    for escape, sign in (("%0A", "\n"), ("%0D", "\r"), *signs, ("%25", "%")):
        text = text.replace(escape, sign)
    return text


def test_github_escapes_what_its_commands_are_made_of(run: Run) -> None:
    """A finding is one line; undone as GitHub does, its properties and its message are those of the finding."""
    _odd_corpus()
    wanted = run("corpus", "lint", "notes", "--format", "json").lines

    lines = run("corpus", "lint", "notes", "--format", "github").out.splitlines()

    assert len(lines) == len(wanted)
    for line, finding in zip(lines, wanted, strict=True):
        found = re.fullmatch(r"::(error|warning) ([^:]+)::(.*)", line)
        assert found, line
        given = dict(each.split("=", 1) for each in found[2].split(","))
        path = _unescaped(given.pop("file"), ("%3A", ":"), ("%2C", ","))
        assert given == {"line": str(finding["line"]), "col": str(finding["column"]), "title": finding["code"]}
        assert (path, _unescaped(found[3])) == (finding["path"], finding["message"])
        assert found[1] == ("error" if finding["code"].startswith("QT1") else "warning")
    assert any("%25" in line.partition("::w")[2] for line in lines)
    assert any("\n" in finding["message"] for finding in wanted)


def test_sarif_is_a_document_that_scanners_take(run: Run) -> None:
    """Version 2.1.0; each result names a rule of the driver, and a place counted from 1 in a file by relative URI."""
    _odd_corpus()
    wanted = run("corpus", "lint", "notes", "--format", "json").lines

    (document,) = run("corpus", "lint", "notes", "--format", "sarif").lines

    assert document["version"] == "2.1.0"
    assert "2.1.0" in document["$schema"]
    (scan,) = document["runs"]
    rules = {rule["id"]: rule for rule in scan["tool"]["driver"]["rules"]}
    assert rules.keys() == {rule.code for rule in RULES}
    assert all(rule["fullDescription"]["text"] for rule in rules.values())
    for result, finding in zip(scan["results"], wanted, strict=True):
        (location,) = result["locations"]
        place = location["physicalLocation"]
        uri, region = place["artifactLocation"]["uri"], place["region"]
        assert result["ruleId"] == finding["code"]
        assert result["ruleId"] in rules
        assert result["level"] == rules[result["ruleId"]]["defaultConfiguration"]["level"]
        assert result["message"]["text"] == finding["message"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert not uri.startswith("/")
        assert unquote(uri) == finding["path"]
        assert (region["startLine"], region["startColumn"]) == (finding["line"], finding["column"])
        assert min(region.values()) >= 1


def test_columns_are_counted_in_characters(run: Run) -> None:
    """A letter outside the first plane is one column, as SARIF's columnKind says."""
    _odd_corpus()

    (finding,) = run("corpus", "lint", "notes", "--format", "json", "--select", "QT606").lines
    (document,) = run("corpus", "lint", "notes", "--format", "sarif", "--select", "QT606").lines

    line = Path(finding["path"]).read_text(encoding="utf-8").splitlines()[finding["line"] - 1]
    assert line[finding["column"] - 1 :].startswith("ant@example.org")
    assert document["runs"][0]["columnKind"] == "unicodeCodePoints"


def test_text_has_a_finding_a_line(run: Run) -> None:
    """A line break in a name or a value does not break the finding's line."""
    _odd_corpus()

    lines = run("corpus", "lint", "notes").out.splitlines()

    assert len(lines) == len(run("corpus", "lint", "notes", "--format", "json").lines)


def test_findings_are_sorted(run: Run) -> None:
    """By path, line and column, in whatever order the paths are given."""
    one = put("one", with_date(with_author(clean())))
    two = put("two", with_date(with_author(clean(OTHER, 2))), OTHER)

    lines = run("corpus", "lint", "two", "one").out.splitlines()

    assert [line.partition(" ")[0] for line in lines] == [f"{one}:4:7:", f"{one}:17:9:", f"{two}:4:7:", f"{two}:17:9:"]


# --diff


def _faulty_corpus(folder: Path) -> list[Path]:
    """Write entries with many kinds of faults to mend, and others, below ``notes`` in a folder."""
    link = RelatedArticle(id=99, title="Moths", subject="Bio", url="/learn/biology/questions/why-do-moths-fly-to-lamps")
    texts = {
        "how-do-ants-find-the-way-home.md": with_author(clean(links=[link])),
        "why-do-moths-fly-to-lamps.md": clean(OTHER, 2) + "\n",
        "deep/er/crlf.md": "\ufeff" + clean("What is a bee?", 3).replace("\n", "\r\n"),
        "a b.md": "\n" + clean("What is a wasp?", 4).replace("question: >-", "question >-"),
        "é%.md": clean("What is a beetle: an insect?", 5)
        .replace("title: >-\n    What", "title: What")
        .replace("one, two", "one,two"),
        "no-body.md": clean("What is a flea?", 6).replace("---\n\n&nbsp;", "---"),
        "clean.md": clean("What is a louse?", 7),
        "editors.md": with_date(clean("What is a mite?", 8)),
        "empty.md": "",
    }
    paths = [folder / "notes" / name for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return paths


def _git(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 our own words
        ["git", *arguments],  # noqa: S607 whichever git there is
        input=None if stdin is None else stdin.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, **GIT},
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("checked_in", [False, True])
def test_a_diff_is_a_patch_that_does_what_fix_does(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, checked_in: bool
) -> None:
    """Git applies it, also where a file has no last newline, and then every file is what --fix makes of it."""
    patched, fixed = _faulty_corpus(tmp_path / "patched"), _faulty_corpus(tmp_path / "fixed")
    before = [path.read_bytes() for path in patched]
    monkeypatch.chdir(tmp_path / "patched")
    assert _git("init", "-q").returncode == 0
    if checked_in:
        assert _git("-c", "core.autocrlf=false", "add", ".").returncode == 0

    diff = run("corpus", "lint", "notes", "--diff")
    assert [path.read_bytes() for path in patched] == before
    applied = _git("apply", *(["--index"] if checked_in else []), stdin=diff.out)
    monkeypatch.chdir(tmp_path / "fixed")
    fix = run("corpus", "lint", "notes", "--fix")

    assert applied.returncode == 0, applied.stderr.decode()
    assert [path.read_bytes() for path in patched] == [path.read_bytes() for path in fixed]
    assert sum(path.read_bytes() != old for path, old in zip(fixed, before, strict=True)) == 6
    assert diff.err == fix.err.replace("mended", "to mend")


def test_a_diff_writes_nothing_and_ends_with_1(run: Run) -> None:
    """Where something can be mended the exit code says so, though nothing else is found; --fix beside it is no more."""
    path = put("notes", with_author(clean()))
    before = path.stat()

    plain, fix = run("corpus", "lint", "notes", "--diff"), run("corpus", "lint", "notes", "--diff", "--fix")

    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert path.read_text(encoding="utf-8") == with_author(clean())
    assert (plain.code, plain.err) == (1, "1 files checked, 1 files to mend, 0 findings\n")
    assert plain.out.splitlines()[:2] == [f"--- a/{path.as_posix()}", f"+++ b/{path.as_posix()}"]
    changed = [line for line in plain.out.splitlines()[2:] if line.startswith(("-", "+"))]
    assert changed == ["-author: Somebody", "+author: QuickTakes"]
    assert fix == plain


def test_a_diff_of_a_clean_corpus_is_empty(run: Run) -> None:
    """There is nothing to apply, and the exit code is 0."""
    put("notes", clean())

    result = run("corpus", "lint", "notes", "--diff")

    assert (result.code, result.out, result.err) == (0, "", "1 files checked, 0 findings\n")


def test_a_diff_holds_only_what_the_rules_that_run_mend(run: Run) -> None:
    """A rule that was left out mends nothing on paper either."""
    put("notes", with_author(clean()))

    assert run("corpus", "lint", "notes", "--diff", "--ignore", "QT202").out == ""
    assert run("corpus", "lint", "notes", "--diff", "--select", "QT202").out != ""


def test_a_file_without_a_last_newline_says_so_in_the_patch(run: Run) -> None:
    """On the side that lacks it, and on both where both do."""
    missing = "\\ No newline at end of file"
    put("notes", clean() + "\n")
    once = run("corpus", "lint", "notes", "--diff").out
    put("notes", clean().replace("---\n\n&nbsp;", "---"))
    twice = run("corpus", "lint", "notes", "--diff").out

    assert once.endswith(f"-&nbsp;\n+&nbsp;\n{missing}\n")
    assert twice.endswith(f"----\n{missing}\n+---\n+\n+&nbsp;\n{missing}\n")


# Trouble


def test_a_file_that_cannot_be_written_is_told_in_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is as it was, and the error names it."""
    path = put("notes", with_author(clean()))

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)

    assert_one_line_error(run("corpus", "lint", "notes", "--fix"), "No space left on device", str(path))
    assert path.read_text(encoding="utf-8") == with_author(clean())
    assert list(Path("notes").iterdir()) == [path]


def _script(*arguments: str | bytes) -> subprocess.CompletedProcess[bytes]:
    command = Path(sys.executable).with_name("quicktakes")
    return subprocess.run([command, "corpus", "lint", *arguments], capture_output=True, check=False, timeout=120)  # noqa: S603 our own command


def test_the_script_checks_many_files_on_all_processors() -> None:
    """600 files, enough for several processes: each finding once and in order, and one line on standard error."""
    for number in range(600):
        put(f"notes/{number:03}.md", with_author(clean(f"What is w{number}?", number)))

    result = _script("notes", "--select", "QT202", "--format", "json")

    findings = [json.loads(line) for line in result.stdout.splitlines()]
    assert [finding["path"] for finding in findings] == [f"notes/{number:03}.md" for number in range(600)]
    assert result.returncode == 1
    assert result.stderr.decode() == "600 files checked, 600 findings (600 can be mended with --fix)\n"


@pytest.mark.parametrize("option", [[], ["--fix"], ["--diff"], ["--format", "sarif"]])
def test_the_script_takes_a_name_that_is_not_utf_8(option: list[str]) -> None:
    """Named on the command line such a file is a finding, as it is below a folder."""
    Path("notes").mkdir()
    Path(os.fsdecode(b"notes/caf\xe9.md")).write_text(clean(), encoding="utf-8")

    result = _script(b"notes/caf\xe9.md", *option)

    assert (result.returncode, result.stderr.decode()) == (1, "1 files checked, 1 findings\n")


def test_the_script_tells_of_a_missing_name_that_is_not_utf_8() -> None:
    """The error is one line that can be printed, without a traceback."""
    result = _script(b"caf\xe8")

    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.startswith(b"error: ")
    assert result.stderr.count(b"\n") == 1
