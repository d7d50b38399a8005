"""A guard: indexes in use are built anew only when the recipe's name changes."""

from __future__ import annotations

from rag.passages import RECIPE, embedded_text, passages_of, terms_of
from rag.testing import HashEmbedder, make_entry

ANSWER = f"""Cells need **energy**, and respiration releases it from glucose (C₆H₁₂O₆). It has three stages:

1. **Glycolysis**: in the cytosol, $C_6H_{{12}}O_6$ becomes two pyruvate.
2. **Krebs cycle**: in the matrix, \\(CO_2\\) is released. {"Electrons are carried away, e.g. by NADH. " * 12}
3. **Electron transport**: see [the chain](https://example.org), where _most_ ATP is made.

## Yield per *glucose*:

| Stage | ATP |
|---|---|
| Glycolysis | 2 |

```
glucose -> ATP
```

In summary, about $5 \\times 6 = 30$ ATP; don't count on 38."""


def test_passages_change_only_with_the_recipe() -> None:
    """The passages, embedded texts and terms of this entry are those of the recipe named here."""
    entry = make_entry("How do cells get energy from glucose (C₆H₁₂O₆)?", ANSWER)
    passages = passages_of(entry, HashEmbedder().count_tokens, 256)
    found = [(p.id[:8], p.kind, p.section, p.start, p.end, embedded_text(p)[:40]) for p in passages]
    terms = " ".join(terms_of(ANSWER)[:14])
    assert (RECIPE, terms, found) == SNAPSHOT, (
        "what is embedded or searched for has changed: give rag.passages.RECIPE a new name, "
        "so that every index is built anew, and then bring SNAPSHOT up to date"
    )


SNAPSHOT = (
    "passages-2",
    "cell need energi respir releas glucos c6h12o6 three stage glycolysi cytosol c6h12o6 becom two",
    [
        ("b81fa46f", "question", "", 0, 47, "How do cells get energy from glucose (C6"),
        ("4ed3fc47", "section", "", 0, 168, "Cells need energy, and respiration relea"),
        ("f609863b", "section", "Krebs cycle", 169, 729, "Krebs cycle Krebs cycle: in the matrix, "),
        ("342304e0", "section", "Electron transport", 731, 821, "Electron transport Electron transport: s"),
        ("a6b7f961", "section", "Yield per glucose", 848, 977, "Yield per glucose Stage ATP Glycolysis 2"),
    ],
)
