"""Keys that the format holds as optional can be added and removed."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import parse_entry, render_entry
from rag.corpus import RelatedArticle, UnwritableTextError

END = "---\n\n&nbsp;"
LINK = RelatedArticle(id=5, title="What is a tail?", subject="Biology", url="/learn/biology/questions/what-is-a-tail")
LINK_TEXT = """related_article{n}:
    id: 5
    title: >-
        What is a tail?
    subject: Biology
    url: /learn/biology/questions/what-is-a-tail
"""


def test_adding_a_score_adds_its_line_and_the_empty_line_before_the_fence(dialect_a: str) -> None:
    """A scored entry without related articles has one empty line before the closing fence."""
    changed = dataclasses.replace(parse_entry(dialect_a), score=-1.0)
    assert render_entry(changed) == dialect_a.replace(END, f"score: -1.0\n\n{END}")


def test_removing_the_score_removes_its_line_and_the_empty_line(dialect_a: str) -> None:
    """Without its score, an entry is again what it was before it had one."""
    scored = parse_entry(dialect_a.replace(END, f"score: -1.0\n\n{END}"))
    assert render_entry(dataclasses.replace(scored, score=None)) == dialect_a


def test_removing_the_score_beside_related_articles_removes_only_its_line(dialect_b: str) -> None:
    """Related articles stay as they are when the score leaves."""
    changed = dataclasses.replace(parse_entry(dialect_b), score=None)
    assert render_entry(changed) == dialect_b.replace("score: -1.0\n", "")


def test_adding_no_index_puts_it_between_question_and_answer(dialect_a: str) -> None:
    """The mark of a refusal is written as True, in its place."""
    changed = dataclasses.replace(parse_entry(dialect_a), no_index=True)
    assert render_entry(changed) == dialect_a.replace("answer: >-", "no_index: True\nanswer: >-")


def test_removing_no_index_removes_only_its_line(dialect_b: str) -> None:
    """An entry that is no refusal any more loses the one line."""
    changed = dataclasses.replace(parse_entry(dialect_b), no_index=False)
    assert render_entry(changed) == dialect_b.replace("no_index: True\n", "")


def test_a_written_false_no_index_stays_until_it_becomes_true(dialect_b: str) -> None:
    """A file that says no_index False keeps saying so, and can be switched to True in place."""
    text = dialect_b.replace("no_index: True", "no_index: False")
    entry = parse_entry(text)
    assert entry.no_index is False
    assert render_entry(entry) == text
    assert render_entry(dataclasses.replace(entry, no_index=True)) == dialect_b


@pytest.mark.parametrize("count", [1, 2, 5])
def test_adding_related_articles_to_an_entry_without(dialect_a: str, count: int) -> None:
    """Links are written last, numbered from 1, their keys indented by 4 and their titles by 8."""
    changed = dataclasses.replace(parse_entry(dialect_a), related=(LINK,) * count)
    links = "".join(LINK_TEXT.format(n=n) for n in range(1, count + 1))
    assert render_entry(changed) == dialect_a.replace(END, links + END)


def test_a_first_related_article_takes_the_empty_line_of_a_scored_entry_away(dialect_a: str) -> None:
    """The empty line before the fence belongs to scored entries without links only."""
    scored = parse_entry(dialect_a.replace(END, f"score: -1.0\n\n{END}"))
    changed = dataclasses.replace(scored, related=(LINK,))
    assert render_entry(changed) == dialect_a.replace(END, "score: -1.0\n" + LINK_TEXT.format(n=1) + END)


def test_adding_a_third_related_article_leaves_the_two_before_it(dialect_b: str) -> None:
    """A new link follows those that are there."""
    entry = parse_entry(dialect_b)
    changed = dataclasses.replace(entry, related=(*entry.related, LINK))
    assert render_entry(changed) == dialect_b.replace(END, LINK_TEXT.format(n=3) + END)


def test_removing_all_related_articles_gives_the_empty_line_back(dialect_b: str) -> None:
    """A scored entry that loses its links has one empty line before the closing fence again."""
    changed = dataclasses.replace(parse_entry(dialect_b), related=())
    assert render_entry(changed) == dialect_b.partition("related_article1:")[0] + "\n" + END


def test_removing_the_first_related_article_moves_the_second_up(dialect_b: str) -> None:
    """Links stay numbered from 1 without a gap."""
    entry = parse_entry(dialect_b)
    before, _, second = dialect_b.partition("related_article2:")
    expected = before.partition("related_article1:")[0] + "related_article1:" + second
    assert render_entry(dataclasses.replace(entry, related=entry.related[1:])) == expected


def test_unknown_keys_leave_with_the_related_article_that_held_them(dialect_b: str) -> None:
    """Removing a link removes all of its lines, also those the format does not name."""
    text = dialect_b.replace("    id: -43\n", "    id: -43\n    weight: 3\n")
    entry = parse_entry(text)
    changed = dataclasses.replace(entry, related=entry.related[:1])
    assert render_entry(changed) == dialect_b.partition("related_article2:")[0] + END


def test_a_sixth_related_article_is_refused(dialect_b: str) -> None:
    """The format holds five links; more are refused, not dropped."""
    with pytest.raises(UnwritableTextError, match="five"):
        render_entry(dataclasses.replace(parse_entry(dialect_b), related=(LINK,) * 6))


def test_extra_keys_are_added_last_as_json(dialect_a: str) -> None:
    """A new unknown key is written after all others, its value as JSON, which is YAML."""
    extra = {"reviewer": "ann: yes", "checks": [1, True, None, {"deep": 0.5}]}
    changed = dataclasses.replace(parse_entry(dialect_a), extra=extra)
    lines = 'reviewer: "ann: yes"\nchecks: [1, true, null, {"deep": 0.5}]\n'
    assert render_entry(changed) == dialect_a.replace(END, lines + END)


def test_an_extra_key_changes_in_its_place(dialect_a: str) -> None:
    """A changed unknown key is written anew where it stood; the others keep their style."""
    text = dialect_a.replace("subject: ", "tags:\n- one\n- two\nreviewer: ann\nsubject: ")
    entry = parse_entry(text)
    changed = dataclasses.replace(entry, extra={**entry.extra, "tags": ["three"]})
    assert render_entry(changed) == text.replace("tags:\n- one\n- two\n", 'tags: ["three"]\n')


def test_removing_an_extra_key_removes_only_its_lines(dialect_a: str) -> None:
    """An unknown key goes when it is taken out of extra."""
    text = dialect_a.replace("subject: ", "tags:\n- one\n- two\nreviewer: ann\nsubject: ")
    changed = dataclasses.replace(parse_entry(text), extra={"reviewer": "ann"})
    assert render_entry(changed) == text.replace("tags:\n- one\n- two\n", "")


JSON_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**17), 10**17),
        st.text(
            st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"), max_size=12
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=100)
@given(
    extra=st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,8}x", fullmatch=True), JSON_VALUES, max_size=3),
    count=st.integers(0, 5),
    no_index=st.booleans(),
    score=st.sampled_from([None, -1.0, 0.5]),
)
def test_any_set_of_optional_keys_reads_back_and_can_be_taken_back(
    made_text: str,
    extra: dict[str, object],
    count: int,
    no_index: bool,  # noqa: FBT001 Hypothesis fills it by name
    score: float | None,
) -> None:
    """Optional keys come and go together, and the entry is what it was once they are as before."""
    entry = parse_entry(made_text)
    changed = dataclasses.replace(entry, extra=extra, related=(LINK,) * count, no_index=no_index, score=score)
    text = render_entry(changed)
    back = parse_entry(text)
    assert back == changed
    restored = dataclasses.replace(entry, source=back.source)
    assert parse_entry(render_entry(restored)) == entry
