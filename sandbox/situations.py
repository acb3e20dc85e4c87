"""Every planted situation, in a fixed order."""

from sandbox.builder import Builder
from sandbox.plans_identity import PEOPLE_APART
from sandbox.plans_lists import LISTS
from sandbox.plans_people import PEOPLE
from sandbox.plans_property import PROPERTY
from sandbox.plans_rules import RARE_RULES

HOUSEHOLDS_A_COPY, MOST_COPIES = 5000, 10


def lay_situations(builder: Builder) -> None:
    """One copy of each, and one more for every five thousand households, ten at most."""
    for _ in range(min(MOST_COPIES, 1 + builder.config.households // HOUSEHOLDS_A_COPY)):
        for plan in (*PROPERTY, *PEOPLE, *LISTS, *PEOPLE_APART, *RARE_RULES):
            plan(builder)
