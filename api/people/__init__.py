"""Who asks: a student, a program with a key, an editor who signed in; and whether he may."""

from api.people.counting import WITHIN_BUDGET, WITHIN_RATE, count_question, count_request
from api.people.person import COOKIE, Person, PersonOf, person_of, requires

__all__ = [
    "COOKIE",
    "WITHIN_BUDGET",
    "WITHIN_RATE",
    "Person",
    "PersonOf",
    "count_question",
    "count_request",
    "person_of",
    "requires",
]
