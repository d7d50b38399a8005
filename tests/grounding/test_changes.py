"""One small change makes a sentence say something else: it must not pass."""

from __future__ import annotations

import pytest
from made_sources import check, support_of


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The hive holds 40,000 bees.", "The hive holds 60,000 bees."),
        ("The hive holds thirty drones.", "The hive holds forty drones."),
        ("The queen lays 1,500 eggs a day.", "The queen lays 1500 eggs an hour."),
        ("The comb is 3 mm thick.", "The comb is 3 cm thick."),
        ("The brood is kept at 34–35 °C.", "The brood is kept at 31–32 °C."),
        ("Nectar holds 80% water.", "Nectar holds 80 g of water."),
        ("The change is about +5 kJ.", "The change is about −5 kJ."),
        ("Workers have one stomach.", "Workers have two stomachs."),
        ("Bees visit flowers.  They carry 20 mg.", "Bees visit flowers."),
        ("A swarm has 2 scouts and 900 followers.", "A swarm has 900 scouts and 2 followers."),
        ("At least four drones mate.", "At most four drones mate."),
    ],
)
def test_another_number_does_not_pass(claim: str, source: str) -> None:
    """Another number, unit, sign, bound or order of numbers is not what the source says."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The worm does not breathe through its skin.", "The worm breathes through its skin."),
        ("The worm breathes through its skin.", "The worm does not breathe through its skin."),
        ("The worm doesn't breathe through its skin.", "The worm breathes through its skin."),
        ("The worm cannot leave its burrow.", "The worm can leave its burrow."),
        ("The worm lives in water, not soil.", "The worm lives in soil, not water."),
        ("The worm has eyes.", "The worm lacks eyes."),
        ("The worm moves with bristles.", "The worm moves without bristles."),
        ("Bristles are present in the worm.", "Bristles are absent in the worm."),
        ("The worm is related to the snail.", "The worm is unrelated to the snail."),
        ("The worm is visible at night.", "The worm is invisible at night."),
        ("Worms grow faster than all other animals.", "Worms do not necessarily grow faster than all other animals."),
        ("The worm eats leaves rather than roots.", "The worm eats roots rather than leaves."),
    ],
)
def test_another_negation_does_not_pass(claim: str, source: str) -> None:
    """A not, a lack or a negating prefix that is added, removed or moved turns a sentence round."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Warmth increases the beat of the water flea.", "Warmth decreases the beat of the water flea."),
        ("The heart is above the gut.", "The heart is below the gut."),
        ("The reaction is reversible.", "The reaction is irreversible."),
        ("The pump moves salt out of the cell.", "The pump moves salt into the cell."),
        ("The pump moves salt in.", "The pump moves salt out."),
        ("The flea moults before it feeds.", "The flea moults after it feeds."),
        ("Signals pass from the brain.", "Signals pass to the brain."),
        ("Young fleas are larger and old fleas smaller.", "Young fleas are smaller and old fleas larger."),
        ("The flea has too much oxygen.", "The flea has too little oxygen."),
    ],
)
def test_an_opposite_does_not_pass(claim: str, source: str) -> None:
    """Listed opposites, opposites by prefix, and both of a pair exchanged are not what the source says."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("All moles are blind.", "Most moles are blind."),
        ("Moles are blind.", "Some moles are blind."),
        ("Moles dig every tunnel.", "Moles dig tunnels."),
        ("Only moles dig tunnels.", "Moles dig tunnels."),
        ("Moles rarely dig tunnels.", "Moles dig tunnels."),
        ("Few moles swim.", "Many moles swim."),
        ("The rule predicts the tunnel exactly.", "The rule predicts the tunnel only roughly."),
    ],
)
def test_another_amount_does_not_pass(claim: str, source: str) -> None:
    """A claim of more, or of less, than the source makes is not what it says."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Snakes lay eggs in warm sand.", "Snakes lay eggs in warm sand, usually at night."),
        ("Snakes lay eggs in sand.", "Snakes usually find a warm place and lay eggs in sand."),
        ("Adult frogs breathe through the skin.", "Adult frogs breathe through the skin most of the time."),
    ],
)
def test_a_hedge_left_out_of_a_clause_is_a_part_of_it_left_out(claim: str, source: str) -> None:
    """It is not supported, nor contradicted; of a clause that is not spoken of, none is wanted."""
    support = support_of(claim, source)
    assert support == ("supported" if ", usually" in source else "partly")


def test_a_sentence_without_the_hedge_is_found_beside_one_that_has_it() -> None:
    """Whichever stands first: a place that says all of a claim is looked for."""
    hedged, plain = "Snakes usually lay eggs in sand.", "In spring, snakes lay eggs in sand."
    for source in (f"{hedged} {plain}", f"{plain} {hedged}"):
        assert support_of("Snakes lay their eggs in sand.", source) == "supported"


def test_a_hedge_is_kept_by_one_of_its_kind() -> None:
    """Usually may be said as normally, not as sometimes."""
    source = "Snakes usually lay eggs in sand."
    assert support_of("Snakes normally lay eggs in sand.", source) == "supported"
    assert support_of("Snakes sometimes lay eggs in sand.", source) != "supported"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The flea bites the mite.", "The mite bites the flea."),
        ("The mite is bitten by the flea.", "The mite bites the flea."),
        ("Amber is made into resin.", "Resin is made into amber."),
        ("Oaks carry cones, and pines carry acorns.", "Oaks carry acorns, and pines carry cones."),
        ("Alder, which opens buds, binds lead.", "Alder binds lead, and willow, which opens buds, binds zinc."),
        ("Alder opens buds.", "Alder binds lead, and willow, which opens buds, binds zinc."),
        ("The spore of a moss makes the capsule.", "The capsule of a moss makes the spore."),
        (
            "Type I lies in the bark, and type II lies in the leaf.",
            "Type II lies in the bark, and type I lies in the leaf.",
        ),
        ("Resin is broken down to tar and then pitch.", "Resin is broken down to pitch and then tar."),
        ("Ferns add cones.", "Ferns have vessels, pines add cones."),
        ("Resin seals wood.", "Resin seals wounds, and wood swells."),
        ("Snails slowly seal the shell.", "Snails seal the shell. Slugs creep slowly."),
        ("Bark is thick where rain is rare.", "Bark is thick where fire is common, and thin where rain is rare."),
    ],
)
def test_another_order_does_not_pass(claim: str, source: str) -> None:
    """Who does what to whom, and which of two belongs to which, is told by the order within a clause."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Leaves fall because days shorten.", "Days shorten because leaves fall."),
        ("Because leaves fall, days shorten.", "Leaves fall because days shorten."),
        ("Leaves fall because days shorten.", "Leaves fall while days shorten."),
        ("Leaves grow thick because they are eaten.", "Leaves grow thick and are therefore eaten."),
    ],
)
def test_an_effect_given_as_the_cause_does_not_pass(claim: str, source: str) -> None:
    """Cause and effect exchanged, or a cause where the source gives none, is not what it says."""
    assert support_of(claim, source) in {"contradicted", "partly"}


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The kidney of the toad stores urea.", "The bladder of the toad stores urea."),
        ("Proteases fold in the cytosol.", "Proteins fold in the cytosol."),
        ("Fibrinogen forms a mesh.", "Fibrin forms a mesh."),
        ("Ethanal is a gas.", "Ethanol is a gas."),
        ("The toad, warmed at dawn by basalt, stores urea.", "The toad stores urea."),
    ],
)
def test_another_thing_does_not_pass(claim: str, source: str) -> None:
    """A telling word that the source lacks is not said, however like one of its words it looks."""
    assert support_of(claim, source) != "supported"


def test_a_known_word_in_the_place_of_another_does_not_pass() -> None:
    """What the heading names need not be said again, but stands for nothing that the source names instead."""
    source, heading = "The ovary encloses the seed.", "The ovary and the cone"
    assert check("The cone encloses the seed.", source, heading=heading).reasons == ("cone is not said",)
    assert support_of(
        "The ovary encloses the seed and feeds the cone.", f"{source} The ovary feeds.", heading=heading
    ) == ("partly")


def test_a_plain_word_in_the_place_of_another_does_not_pass() -> None:
    """A word that may be added may not stand for one that the source has."""
    assert support_of("Snails seal the clear shell.", "Snails seal the brown shell.") == "partly"


def test_a_direction_that_the_source_does_not_have_does_not_pass() -> None:
    """However plain, before and after are never only added."""
    assert support_of("Snails seal the shell before rain.", "Snails seal the shell in rain.") == "partly"


def test_what_both_negate_in_other_words_is_no_conflict() -> None:
    """Negations in clauses that speak of the same are the same one, whichever of their words they govern."""
    assert support_of("No slime encloses the shell.", "The shell is not enclosed in slime.") == "partly"


def test_a_number_that_is_nowhere_in_the_source_is_named() -> None:
    """The reason says which."""
    assert "40,000 is not in the source" in check("The hive holds 40,000 bees.", "The hive holds 60,000 bees.").reasons


def test_nothing_that_speaks_of_it_is_no_support() -> None:
    """A sentence on something else is unsupported, with no place."""
    assert support_of("Comets carry frozen ammonia.", "The ovary encloses the seed.") == "unsupported"
