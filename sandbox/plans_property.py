"""Vehicles and dwellings of covered households: B04 and B05, and what must not raise them."""

from datetime import timedelta
from typing import Any

from sandbox.builder import Builder
from sandbox.facts import error, hit, none
from sandbox.plan import Plan, always, died, fading, known, never, owned, since, until
from sandbox.population import Household


def _one_vehicle(builder: Builder, programme: str = "DB", district: str | None = None, **roster: Any) -> Household:
    home = builder.planted(district=district)
    builder.roster(home, programme, **roster)
    builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04"))})
    return home


def vehicle_of_dibao_family(builder: Builder) -> None:
    """The plain case, for DB and for BY."""
    for programme in ("DB", "BY"):
        builder.expect("vehicle", "B04", _one_vehicle(builder, programme), always, f"{programme}, one vehicle")


def vehicle_without_quantity(builder: Builder) -> None:
    """A hit without its quantity is at least one: enough for a vehicle, not for two dwellings."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder, owned(builder, "A04", None), owned(builder, "A03", None)),
                            1: known(builder)})
    builder.expect("quantity_unknown", "B04", home, always, "at least one vehicle")
    builder.expect("quantity_unknown", "B05", home, never, "at least one dwelling: only possible")


def vehicle_of_others(builder: Builder) -> None:
    """Programmes and states that B04 does not read."""
    for programme in ("TK", "ZC"):
        builder.expect("vehicle", "B04", _one_vehicle(builder, programme), never, f"{programme} is not judged")
    suspended = _one_vehicle(builder, status="SUSPENDED")
    builder.expect("vehicle", "B04", suspended, never, "SUSPENDED is not covered")
    ended = _one_vehicle(builder, status="ENDED", ended_on=builder.day(-40))
    builder.expect("vehicle", "B04", ended, never, "ENDED before the first date")


def vehicle_before_approval(builder: Builder) -> None:
    """Covered from the day of approval on."""
    home = _one_vehicle(builder, approved_on=builder.day(1))
    builder.expect("approved_tomorrow", "B04", home, since(builder.day(1)), "approved on the second day")


def vehicle_owner_left(builder: Builder) -> None:
    """A member is one until the day of leaving."""
    gone = _one_vehicle(builder, left={1: builder.day(0)})
    builder.expect("owner_left", "B04", gone, never, "left on the first date itself")
    going = _one_vehicle(builder, left={1: builder.day(1)})
    builder.expect("owner_leaves", "B04", going, until(builder.day(1)), "leaves on the second day")


def vehicle_of_the_dead(builder: Builder) -> None:
    """What a dead member owned is not counted."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04"), died(builder))})
    builder.expect("owner_dead", "B04", home, never, "the owner is not counted")
    builder.expect("owner_dead", "B01", home.persons[1], always, "covered and dead")


def vehicle_of_also_seen(builder: Builder) -> None:
    """Somebody whom only the province's report lists is seen, not counted."""
    home = builder.planted()
    builder.roster(home)
    cousin = builder.population.person(home.district, "30", "2", builder.day(-9000), "陆", home.head.phone)
    builder.province(home, {0: known(builder), 1: known(builder), 2: known(builder, owned(builder, "A04"))},
                     persons=[*home.persons, cousin])
    builder.expect("also_seen", "B04", home, never, "the owner is not a member in the roster")


def vehicle_sold(builder: Builder) -> None:
    """A higher version replaces the lower."""
    before, later = builder.planted(), builder.planted()
    for home, received in ((before, builder.day(-10)), (later, builder.day(1))):
        builder.roster(home)
        builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04"))})
        builder.province(home, {0: known(builder), 1: known(builder)}, version=2, received=received)
    builder.expect("superseded_version", "B04", before, never, "version 2 came before the first date")
    builder.expect("superseded_version", "B04", later, until(builder.day(1)), "version 2 comes on the second day")


def vehicle_unknown(builder: Builder) -> None:
    """A department that did not answer has said nothing; a report of the future is quarantined."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder, error("A04", builder.day(-25)))})
    builder.expect("not_answered", "B04", home, never, "ERROR is unknown, B needs certainty")
    future = builder.planted()
    builder.roster(future)
    builder.province(future, {0: known(builder), 1: known(builder, owned(builder, "A04"))},
                     checkedOn=builder.config.last_date + timedelta(days=365), received=builder.day(-1))
    builder.expect("checked_in_future", "B04", future, never, "checkedOn after the data date is quarantined")


def vehicle_and_authorization(builder: Builder) -> None:
    """The last day of the consent still counts."""
    last_day, lapsed = builder.planted(), builder.planted()
    for home, authorized in ((last_day, builder.day(0)), (lapsed, builder.day(-1))):
        builder.roster(home)
        builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04"))},
                         authorizedUntil=authorized)
        builder.expect("authorization", "Q01", home, always, "runs out within thirty days")
    builder.expect("authorization_last_day", "B04", last_day, fading(builder.day(1)), "in force on its last day")
    builder.expect("authorization_lapsed", "B04", lapsed, never, "lapsed the day before")


def vehicle_and_older_report(builder: Builder) -> None:
    """A lapsed newest report does not bring the older one back."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04"))}, checkedOn=builder.day(-60))
    builder.province(home, {0: known(builder), 1: known(builder)}, serial=2, authorizedUntil=builder.day(-5))
    builder.expect("older_report", "B04", home, never, "an older report is never revived")
    builder.expect("older_report", "Q01", home, always, "the newest report's authorization has lapsed")


def vehicle_consent_withdrawn(builder: Builder) -> None:
    """A higher version whose authorization is past withdraws the consent."""
    home = builder.planted()
    builder.roster(home)
    facts = {0: known(builder), 1: known(builder, owned(builder, "A04"))}
    builder.province(home, facts)
    builder.province(home, facts, version=2, received=builder.day(1), authorizedUntil=builder.day(0))
    builder.expect("consent_withdrawn", "B04", home, fading(builder.day(1)), "withdrawn on the second day")
    builder.expect("consent_withdrawn", "Q01", home, since(builder.day(1)), "withdrawn on the second day")


def systems_disagree(builder: Builder) -> None:
    """The newer answer rules; on the same day the province; never both."""
    for province_ago, city_ago, open_, why in ((40, 25, never, "the city's newer answer is none"),
                                               (25, 40, always, "the province's newer answer is one"),
                                               (25, 25, always, "on the same day the province rules")):
        home = builder.planted()
        builder.roster(home)
        builder.province(home, {0: known(builder), 1: known(builder, owned(builder, "A04", ago=province_ago),
                                                            ago=province_ago)})
        builder.city(home, {0: known(builder), 1: known(builder, ago=city_ago)})
        builder.expect("province_city_disagree", "B04", home, open_, why)


def deposits_disagree(builder: Builder) -> None:
    """A difference that auditors see: more than one per cent and more than ten yuan."""
    for more, open_ in ((50_000, always), (100, never)):
        home = builder.planted()
        builder.roster(home)
        builder.province(home, {0: known(builder, hit("A01", builder.day(-25), 800_000)), 1: known(builder)})
        builder.city(home, {0: known(builder, hit("A01", builder.day(-25), 800_000 + more)), 1: known(builder)})
        builder.expect("deposits_disagree", "Q03", home.head, open_, f"the city has {more} fen more")


def city_only(builder: Builder) -> None:
    """A vehicle only the city knows; and a family that the city withdraws on the second day."""
    stays, withdrawn = builder.planted(), builder.planted()
    facts = {0: known(builder), 1: known(builder, owned(builder, "A04"))}
    for home in (stays, withdrawn):
        builder.roster(home)
        builder.city(home, facts)
    builder.city(withdrawn, facts, at=builder.day(1), zt=0)
    builder.expect("city_only", "B04", stays, always, "the city's answer is the only one")
    builder.expect("tombstone", "B04", withdrawn, fading(builder.day(1)), "withdrawn on the second day")


def city_row_twice(builder: Builder) -> None:
    """Rows equal in person, item, period and provider are one row, the newest."""
    home = builder.planted()
    builder.roster(home)
    facts = [owned(builder, "A04", ago=40), none("A04", builder.day(-25))]
    builder.city(home, {0: known(builder), 1: known(builder, *facts)})
    builder.expect("city_row_twice", "B04", home, never, "the newer of the two rows says none")


def two_dwellings(builder: Builder) -> None:
    """Two of one person, or one each; one alone is none too many."""
    for quantities, open_ in ((("2", None), always), (("1", "1"), always), (("1", None), never)):
        home = builder.planted()
        builder.roster(home)
        builder.province(home, {n: known(builder, *([owned(builder, "A03", q)] if q else []))
                                for n, q in enumerate(quantities)})
        builder.expect("dwellings", "B05", home, open_, f"dwellings {quantities}")


def one_dwelling_twice(builder: Builder) -> None:
    """Both systems know the same dwelling: it is one."""
    home = builder.planted()
    builder.roster(home)
    facts = {0: known(builder, owned(builder, "A03")), 1: known(builder)}
    builder.province(home, facts)
    builder.city(home, facts)
    builder.expect("never_added", "B05", home, never, "province and city are never added")


def dwelling_of_the_dead(builder: Builder) -> None:
    """The second dwelling belongs to a member who is not counted."""
    home = builder.planted()
    builder.roster(home, "BY")
    builder.province(home, {0: known(builder, owned(builder, "A03")),
                            1: known(builder, owned(builder, "A03"), died(builder))})
    builder.expect("dwelling_of_the_dead", "B05", home, never, "one counted dwelling")
    builder.expect("dwelling_of_the_dead", "B01", home.persons[1], always, "covered and dead")


def areas(builder: Builder) -> None:
    """Laiwu's old code is Jinan's today; elsewhere and nowhere are not evaluated."""
    laiwu = _one_vehicle(builder, district="370116", area_code="371202001001")
    builder.expect("laiwu_code", "B04", laiwu, always, "371202 maps to 370116")
    for code, why in (("370202001001", "Qingdao"), ("999999001001", "no such area")):
        away = _one_vehicle(builder, area_code=code, next_review_on=builder.day(-30))
        builder.expect("area", "B04", away, never, f"{why}: not evaluated")
        builder.expect("area", "Q04", away, never, f"{why}: not evaluated")


PROPERTY: tuple[Plan, ...] = (
    vehicle_of_dibao_family, vehicle_without_quantity, vehicle_of_others, vehicle_before_approval, vehicle_owner_left,
    vehicle_of_the_dead, vehicle_of_also_seen, vehicle_sold, vehicle_unknown, vehicle_and_authorization,
    vehicle_and_older_report, vehicle_consent_withdrawn, systems_disagree, deposits_disagree, city_only, city_row_twice,
    two_dwellings, one_dwelling_twice, dwelling_of_the_dead, areas)
