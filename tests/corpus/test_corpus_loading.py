"""A folder is loaded whole: all problems reported, all good entries kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.corpus import find_files, load_corpus, read_entry, repeated_url
from rag.errors import ConfigurationError, CorpusError
from rag.testing import entry_text


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file and the folders above it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_all_problems_are_reported_and_the_good_entries_kept(tmp_path: Path) -> None:
    """Bad files never hide good ones, nor each other."""
    write(tmp_path, "b.md", entry_text("What is a bat?", "A mammal."))
    empty = write(tmp_path, "a.md", "")
    unclosed = write(tmp_path, "sub/c.md", "---\nid: 1\n")
    write(tmp_path, "sub/d.md", entry_text("What is a dog?", "A mammal too."))
    twice = write(tmp_path, "z.md", entry_text("What is a zebu?", "Cattle.").replace("id: 1\n", "id: 1\nid: 1\n"))
    corpus = load_corpus(tmp_path)
    assert list(corpus.entries) == ["/learn/biology/questions/what-is-a-bat", "/learn/biology/questions/what-is-a-dog"]
    assert [(problem.path, problem.line, problem.code) for problem in corpus.problems] == [
        (str(empty), 1, "QT106"),
        (str(unclosed), 1, "QT111"),
        (str(twice), 4, "QT124"),
    ]


def test_entries_are_kept_by_url_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """The url is the key, and ids may recur."""
    for name in ("b", "c", "a"):
        write(tmp_path, f"{name}.md", entry_text(f"What is {name}?", "It is."))
    corpus = load_corpus(tmp_path)
    assert [url.rpartition("-")[2] for url in corpus.entries] == ["a", "b", "c"]
    assert {entry.id for entry in corpus.entries.values()} == {1}
    assert all(url == entry.url for url, entry in corpus.entries.items())
    with pytest.raises(TypeError):
        corpus.entries["x"] = corpus.entries["/learn/biology/questions/what-is-a"]


def test_a_repeated_url_is_a_problem_of_the_later_file(tmp_path: Path) -> None:
    """The first file keeps its url; each later one is named at its url line, with the first one's path."""
    text = entry_text("What is a cell?", "Small.")
    first, second, third = (write(tmp_path, f"{name}.md", text) for name in "abc")
    corpus = load_corpus(tmp_path)
    assert len(corpus.entries) == 1
    url_line = text.split("\n").index("url: /learn/biology/questions/what-is-a-cell") + 1
    assert [(problem.path, problem.line, problem.code) for problem in corpus.problems] == [
        (str(second), url_line, "QT140"),
        (str(third), url_line, "QT140"),
    ]
    assert all(str(first) in problem.message for problem in corpus.problems)


def test_the_line_of_a_repeated_url_counts_comments_and_unknown_keys(tmp_path: Path) -> None:
    """The url's line is right wherever the key stands in its file."""
    text = (
        entry_text("What is a cell?", "Small.")
        .replace("---\n_s", "---\n# one\n\n_s")
        .replace("author:", "tags:\n- a\nauthor:")
    )
    path = write(tmp_path, "a.md", text)
    line = text.split("\n").index("url: /learn/biology/questions/what-is-a-cell") + 1
    assert repeated_url(path, read_entry(path), tmp_path / "b.md").line == line


def test_readme_hidden_files_and_other_names_are_no_entries(tmp_path: Path) -> None:
    """Only visible .md files other than README.md are read, in subfolders too."""
    for name in (
        "README.md",
        "readme.md",
        "sub/ReadMe.md",
        ".hidden.md",
        ".git/x.md",
        "notes.txt",
        "a.md.bak",
        "a.mdx",
    ):
        write(tmp_path, name, "no entry")
    good = write(tmp_path, "sub/deeper/good.md", entry_text("What is good?", "This."))
    assert find_files(tmp_path) == [good]
    assert load_corpus(tmp_path).problems == ()


def test_files_are_found_sorted(tmp_path: Path) -> None:
    """The order does not depend on the file system."""
    paths = [write(tmp_path, name, "x") for name in ("z.md", "a/z.md", "b.md", "a/b/c.md", "A.md")]
    assert find_files(tmp_path) == sorted(paths)


def test_a_folder_named_like_an_entry_is_named_and_not_entered(tmp_path: Path) -> None:
    """A folder x.md is one problem, whatever it holds."""
    write(tmp_path, "x.md/inner.md", entry_text("What is inside?", "This."))
    corpus = load_corpus(tmp_path)
    assert [problem.code for problem in corpus.problems] == ["QT100"]
    assert not corpus.entries


def test_a_link_to_a_folder_above_does_not_hang(tmp_path: Path) -> None:
    """Links to folders are not followed."""
    good = write(tmp_path, "good.md", entry_text("What is good?", "This."))
    (tmp_path / "up").symlink_to(tmp_path)
    assert find_files(tmp_path) == [good]


def test_a_link_to_an_entry_is_read(tmp_path: Path) -> None:
    """A link to a file is as good as the file."""
    target = write(tmp_path, "elsewhere/good.txt", entry_text("What is good?", "This."))
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/good.md").symlink_to(target)
    assert len(load_corpus(tmp_path / "corpus").entries) == 1


def test_an_empty_folder_is_an_empty_corpus(tmp_path: Path) -> None:
    """No files are no problem."""
    corpus = load_corpus(tmp_path)
    assert (dict(corpus.entries), corpus.problems) == ({}, ())


def test_a_folder_that_does_not_exist_is_the_operators_error(tmp_path: Path) -> None:
    """The message names the folder and the option that names another."""
    with pytest.raises(ConfigurationError, match=r"nowhere does not exist.*--corpus-dir"):
        load_corpus(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError):
        load_corpus(write(tmp_path, "file.md", "x"))


def test_a_folder_that_cannot_be_listed_is_the_operators_error(tmp_path: Path) -> None:
    """A folder without permission is never taken for an empty one."""
    if os.geteuid() == 0:
        pytest.skip("root may list everything")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    with pytest.raises(ConfigurationError, match="locked"):
        load_corpus(tmp_path)
    locked.chmod(0o700)


def test_an_error_holds_its_problems_one_a_line() -> None:
    """A corpus error reads as file:line: CODE message."""
    with pytest.raises(CorpusError) as caught:
        read_entry(Path("nowhere/x.md"))
    assert str(caught.value).startswith("nowhere/x.md:1: QT100 ")


@pytest.mark.real_entries
def test_all_real_biology_entries_load_without_a_problem(real_folder: Path) -> None:
    """The publisher's biology folder loads whole, each entry under its own url."""
    corpus = load_corpus(real_folder / "content/learn/biology")
    assert (len(corpus.entries), corpus.problems) == (1009, ())


@pytest.mark.real_entries
def test_all_broken_real_files_are_reported_at_once(real_folder: Path) -> None:
    """Loading the broken files reports each of them."""
    corpus = load_corpus(real_folder / "broken")
    assert (len(corpus.entries), len(corpus.problems)) == (0, 94)
    assert len({problem.path for problem in corpus.problems}) == 94
