"""What was used most recently, kept in memory."""

from __future__ import annotations

from rag.recent import Recent


def test_what_was_used_longest_ago_gives_way() -> None:
    """To be asked for is to be used; a key that is put again takes no second place."""
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    kept.put("c", 4)
    assert [kept.get(key) for key in "abc"] == [1, None, 4]
