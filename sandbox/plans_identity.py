"""Who must not be merged and who must; rows that contradict each other. Nothing here raises the complete rules."""

from datetime import timedelta

from sandbox.builder import Builder
from sandbox.dirt import swapped_digits, wrong_digit
from sandbox.facts import hit
from sandbox.plan import Plan, always, known
from sandbox.population import check_digit, legacy_id
from sandbox.timeline import midnight


def twins(builder: Builder) -> None:
    """Same birthday, household and surname; only the sequence differs."""
    home = builder.planted(("02", "20", "20"))
    first, second = home.persons[1:]
    born = builder.population.person(home.district, "20", "1", first.birth, first.name[0], first.phone)
    second.birth, second.id_no = born.birth, born.id_no
    builder.roster(home)
    builder.city(home, {n: known(builder) for n in range(3)})


def namesakes(builder: Builder) -> None:
    """Two of one name, born on one day, in two families."""
    one, other = builder.planted(district="370102"), builder.planted(district="370102")
    born = builder.population.person("370102", "02", one.head.sex, one.head.birth, "王", other.head.phone)
    other.head.name, other.head.sex = one.head.name, one.head.sex
    other.head.birth, other.head.id_no = born.birth, born.id_no
    for home in (one, other):
        builder.roster(home, "ZC")
        builder.insure(home, home.head)


def son_under_fathers_number(builder: Builder) -> None:
    """The insurance bureau has the son under his father's ID."""
    home = builder.planted(("02", "10", "20"))
    builder.roster(home)
    builder.insure(home, home.head)
    builder.insure(home, home.persons[2], id_no=home.head.id_no)
    for person in (home.head, home.persons[2]):
        builder.doubted[person.no] = builder.day(0)


def two_under_one_typo(builder: Builder) -> None:
    """Two strangers share one mistyped number; one digit swapped; a legacy number of fifteen digits."""
    one, other, old = builder.planted(), builder.planted(), builder.planted(("02",))
    typo = wrong_digit(builder.soil.rng, one.head.id_no)
    for home in (one, other):
        builder.roster(home)
        builder.insure(home, home.head, id_no=typo)
    builder.roster(old, "TK")
    builder.insure(old, old.head, id_no=legacy_id(old.head.id_no))
    builder.insure(one, one.persons[1], id_no=swapped_digits(builder.soil.rng, one.persons[1].id_no))


def typo_that_passes(builder: Builder) -> None:
    """A wrong number whose check digit fits: two valid IDs of one person, same name and birth date."""
    home = builder.planted()
    builder.roster(home)
    stem = home.head.id_no[:14] + f"9{(int(home.head.id_no[15:17]) + 50) % 100:02d}"
    builder.insure(home, home.head, id_no=stem + check_digit(stem))
    builder.doubted[home.head.no] = builder.day(0)
    builder.expect("typo_that_passes", "Q02", home.head, always, "two valid IDs")


def child_of_two_families(builder: Builder) -> None:
    """Both divorced parents' families name the child."""
    mother, father = builder.planted(("02", "20")), builder.planted(("02", "20"))
    father.persons[1] = mother.persons[1]
    for home in (mother, father):
        builder.roster(home, "BY")
    builder.expect("child_of_two_families", "Q02", mother.persons[1], always, "claimed by two households")


def settlements_that_do_not_fit(builder: Builder) -> None:
    """A sum that does not add up, a person nobody knows, a refund of nothing, an update of weeks ago."""
    home = builder.planted(("02",))
    builder.roster(home)
    builder.insure(home, home.head)
    paid = midnight(builder.day(-40)) + timedelta(hours=9)
    builder.settle(home.head, 1, paid, 10_000, totalFee=250.0)
    builder.settle(home.head, 2, paid, 10_000, psnNo="MP999999999")
    builder.settle(home.head, 3, paid, -10_000, refundOf="ST999999999999")
    builder.settle(home.head, 4, paid, 10_000)
    builder.settle(home.head, 4, paid, 12_000, updated=midnight(builder.day(1)) + timedelta(hours=3))


def one_version_twice(builder: Builder) -> None:
    """One report number and version with different content."""
    home = builder.planted(("02",))
    builder.roster(home)
    builder.province(home, {0: known(builder)})
    builder.province(home, {0: known(builder)}, received=builder.day(1), checkReason="MONITOR")


def odd_items(builder: Builder) -> None:
    """A code that nobody knows and a negative income, in both systems."""
    home = builder.planted(("02",))
    builder.roster(home, "TK")
    facts = {0: [*known(builder, hit("I03", builder.day(-25), -5_000_00)), hit("I99", builder.day(-25), 100)]}
    builder.province(home, facts)
    builder.city(home, facts)


PEOPLE_APART: tuple[Plan, ...] = (
    twins, namesakes, son_under_fathers_number, two_under_one_typo, typo_that_passes, child_of_two_families,
    settlements_that_do_not_fit, one_version_twice, odd_items)
