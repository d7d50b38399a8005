"""Classes of English words, as far as questions of biology need them; written by us.

A word in no class is one that carries meaning: a noun or what stands before one.
"""

from __future__ import annotations

from typing import Final

ARTICLES: Final = frozenset("a an the each every some any all most both many few several no".split())
NUMBERS: Final = frozenset("two three four five six seven eight nine ten different certain other main new".split())
WHETHER_OR_HOW: Final = frozenset("what whats which who whos whom whose when where why how hows".split())
INVERTING: Final = frozenset(
    """
    do does did can could will would should may might must has have had dont doesnt didnt cant cannot couldnt wont
    wouldnt shouldnt hasnt havent hadnt
    """.split()
)
BEING: Final = frozenset("is are was were be been being isnt arent wasnt werent am".split())
AUXILIARIES: Final = INVERTING | BEING
CONJUNCTIONS: Final = frozenset(
    """
    and or but nor if because when while whether after before once since until unless although though that than as so
    which who whom whose where why how what
    """.split()
)
CLAUSE_OPENERS: Final = CONJUNCTIONS - {"or", "nor", "than", "as"}
PREPOSITIONS: Final = frozenset(
    """
    in on at of by for with from to into onto within without between among through across during under over above below
    inside outside along around against about near after before until since like per via towards toward up down out off
    """.split()
)
SINGULAR: Final = frozenset("it its".split())
PLURAL: Final = frozenset("they them their theirs".split())
PERSONAL: Final = frozenset("he she him her his hers".split())
POSSESSIVES: Final = frozenset("its their his her".split())
NEAR: Final = frozenset("this that".split())
NEAR_MANY: Final = frozenset("these those".split())
SPEAKERS: Final = frozenset(
    "i me my you your yours we us our ours u one ones someone somebody anyone im ive youre".split()
)
PARTICLES: Final = frozenset(
    """
    also too then only just even ever else very really actually exactly often always usually again now ok okay well
    please there here not more less much least long far fast quickly early late next first last same alike together
    apart away back once yet still never sometimes maybe perhaps whereas versus vs compared called anyway mainly itself
    themselves himself herself yourself basically such own place hi hello hey thanks great right yes no sure lets let
    topic question another something anything everything nothing thing things lot lots kind sort
    """.split()
)
QUALITIES: Final = frozenset(
    """
    alive dead true false important useful common rare different similar possible impossible special safe dangerous bad
    good better worse best worst necessary essential harmful helpful big small large long short fast slow high low
    strong weak hard easy accurate reliable well-suited well suited likely unlikely able unable present absent visible
    poisonous toxic efficient shorter longer bigger smaller larger faster slower hot cold warm acidic green red
    contagious curable reversible permanent temporary resistant polar simpler simple needed involved found made
    connected related so
    """.split()
)
"""What a subject is said to be: after a noun, the end of what names the subject."""

_VERBS: Final = """
    work works happen occur do make cause give get take use need have keep move grow divide split copy replicate spread
    live die kill cut join bind attach carry carried contain produce release absorb break build form become change
    affect control regulate limit prevent stop start begin end help protect repair fix store eat feed breathe breed
    reproduce evolve adapt survive compete inherit pass express code encode translate transcribe differ compare vary
    look mean know tell show find found discover discovered explain describe define list name state call belong depend
    rely act function react respond sense detect measure test count estimate calculate infect attack fight destroy
    digest excrete secrete synthesise synthesize transport pump diffuse enter leave reach cross travel flow circulate
    beat contract relax bend open close fold unfold denature misfold wind unwind pack convert turn switch activate
    inhibit block recognise recognize distinguish separate drive power provide supply want require allow let enable
    maintain regain lose gain contribute play serve suit fit come go went see hear say think learn remember sleep cool
    warm heat lack hold hide mate choose select prove proved suggest support matter cost add remove replace combine mix
    dissolve ionise freeze boil float sink shiver sweat hurt swim fly run walk respire photosynthesise photosynthesize
    ferment rot decompose decay burn germinate flower ripen pollinate fertilise fertilize shorten lengthen stretch
    shrink swell burst clot bleed heal hatch migrate exist arise vanish disappear appear consist include resist tolerate
    mature develop specialise specialize differentiate interact communicate signal talk connect link increase decrease
    raise lower reduce speed slow rise fall drop last stay remain follow avoid try cycle drink yield determine decide
    check edit silence escape cure treat sequence defend clone lyse summarise summarize understand taste crack unite
    unzip date classify prefer inject trigger oxidise stabilise stabilize
"""
_IRREGULAR: Final = """
    made took taken gave given got kept grew grown spread lived died cut bound carried broke broken built became begun
    began found knew known told shown fed bred came gone went saw seen said thought held lost won wound run ran swum
    flown flew fell fallen rose risen drove driven chose chosen hid hidden froze frozen left meant led set put sent
""".split()


def _inflected(verb: str) -> tuple[str, ...]:
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied"
    third = f"{verb}es" if verb.endswith(("s", "x", "ch", "sh", "o")) else f"{verb}s"
    past = f"{verb}d" if verb.endswith("e") else f"{verb}ed"
    return verb, third, past, f"{verb}{verb[-1]}ed"


VERBS: Final = frozenset([form for verb in _VERBS.split() for form in _inflected(verb)] + _IRREGULAR)

VAGUE_VERBS: Final = frozenset(
    "work happen occur do begin start end differ mean matter look function take be compare exist come".split()
)
"""What they tell of a subject is no fact that a later "this" could stand for."""

ASPECTS: Final = frozenset(
    """
    antidote vaccine remedy exceptions conditions assumptions structure function functions role roles purpose difference
    differences similarity similarities cause causes effect effects symptom symptoms treatment treatments cure cures
    example examples evidence advantage advantages disadvantage disadvantages benefit benefits use uses importance
    significance definition meaning type types kind kinds stage stages step steps phase phases part parts component
    components location site source sources product products reactant reactants equation formula name number amount rate
    process mechanism main end start beginning outcome result results consequence consequences risk risks limitation
    limitations property properties feature features characteristic characteristics reason reasons history discovery
    origin origins size shape colour color idea concept principle point relationship connection link way ways
    """.split()
)
"""Nouns that ask something of a subject, which stands after "of" or was named before."""

GENERIC: Final = frozenset(
    """
    process processes phenomenon mechanism event disease diseases condition conditions disorder system systems method
    methods technique techniques structure structures molecule molecules protein proteins enzyme enzymes organism
    organisms reaction reactions change changes substance thing things idea principle model theory type types approach
    problem feature state
    """.split()
)
"""Nouns that with "this" or "these" before them only point back."""

PEOPLE: Final = frozenset("people scientists biologists researchers ecologists geneticists doctors students".split())

LIVING: Final = frozenset(
    """
    plant plants animal animals human humans people mammal mammals bird birds fish insect insects reptile reptiles
    amphibian amphibians bacteria bacterium archaea fungi fungus yeast virus viruses protist protists eukaryotes
    prokaryotes cows mice vertebrates invertebrates algae females males women men children adults
    """.split()
)
"""Of two of them, one takes the place of the other."""

_MANY: Final = frozenset(
    """
    bacteria fungi mitochondria nuclei nucleoli stomata cilia flagella archaea people alleles mice stimuli alveoli villi
    phyla genera hyphae larvae antennae vertebrae algae loci data feet teeth children women men ova
    """.split()
)
_EITHER: Final = frozenset("species fish series sheep data offspring".split())
_ONE: Final = frozenset("pancreas gas lens bias thermodynamics genetics physics mathematics atlas us".split())


ONE: Final = frozenset({"one"})
MANY: Final = frozenset({"many"})


def number_of(head: str) -> frozenset[str]:
    """Return ``one``, ``many`` or both, for the last word of what names a subject."""
    word = head.lower()
    if word in _EITHER:
        return ONE | MANY
    many = (
        word in _MANY
        or word.endswith(("ae", "cti", "ngi", "uli", "oli", "ci"))
        or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and word not in _ONE)
    )
    return MANY if many and not head.isupper() else ONE


def in_plural(name: str) -> str:
    """Return "nephrons" for "a nephron"; a name with no such article, or with another plural, as it is."""
    article, _, rest = name.partition(" ")
    if article.lower() not in {"a", "an"} or rest.endswith(_OTHER_PLURALS):
        return name
    if rest.endswith("y") and rest[-2] not in "aeou":
        return f"{rest[:-1]}ies"
    return f"{rest}es" if rest.endswith(("s", "x", "ch", "sh")) else f"{rest}s"


_OTHER_PLURALS: Final = ("us", "um", "ion", "is", "ma", "species")

SLIPS: Final = {
    "wat": "what", "wut": "what", "waht": "what", "wht": "what", "hw": "how", "hwo": "how", "y": "why", "wy": "why",
    "wen": "when", "r": "are", "dose": "does", "doe": "does", "ti": "it", "thay": "they", "thye": "they",
    "tehy": "they", "thier": "their", "thsi": "this", "taht": "that", "teh": "the", "adn": "and", "nd": "and",
    "diffrent": "different", "diferent": "different", "differnt": "different", "abt": "about", "bout": "about",
    "becuase": "because", "wats": "whats", "exmaple": "example", "exampel": "example", "wich": "which",
    "witch": "which",
}  # fmt: skip
"""How function words are written in haste."""
