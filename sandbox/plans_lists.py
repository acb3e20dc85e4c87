"""Monitored but uncovered families (A08), authorizations (Q01), reviews that are due (Q04)."""

from sandbox.builder import Builder
from sandbox.plan import Plan, always, earned, known, never, since, until
from sandbox.population import Household


def monitored_and_uncovered(builder: Builder) -> None:
    """Known to the rural bureau alone, or beside a roster household that covers nobody."""
    alone = builder.planted()
    builder.rural(alone)
    builder.expect("monitored", "A08", alone, always, "in no roster household")
    for over in ({"status": "SUSPENDED"}, {"status": "ENDED", "ended_on": builder.day(-30)}):
        home = builder.planted()
        builder.roster(home, **over)
        builder.rural(home)
        builder.expect("monitored", "A08", home, always, f"roster {over['status']}")


def monitored_and_covered(builder: Builder) -> None:
    """Any programme will do; the day of approval counts."""
    for programme in ("DB", "TK", "BY", "ZC"):
        home = builder.planted()
        builder.roster(home, programme)
        builder.rural(home)
        builder.expect("monitored_and_covered", "A08", home, never, programme)
    soon = builder.planted()
    builder.roster(soon, approved_on=builder.day(1))
    builder.rural(soon)
    builder.expect("approved_tomorrow", "A08", soon, until(builder.day(1)), "approved on the second day")


def risk_removed(builder: Builder) -> None:
    """A removed risk is no monitoring; here from before, there from the second day on."""
    before, later, new = builder.planted(), builder.planted(), builder.planted()
    builder.rural(before, 风险是否消除="是", 风险消除日期=builder.day(-60))
    builder.expect("risk_removed", "A08", before, never, "removed before the first date")
    builder.rural(later)
    builder.rural(later, at=builder.day(1), 风险是否消除="是", 风险消除日期=builder.day(1), 更新日期=builder.day(1))
    builder.expect("risk_removed", "A08", later, until(builder.day(1)), "removed on the second day")
    builder.rural(new, at=builder.day(1), 识别日期=builder.day(1), 更新日期=builder.day(1))
    builder.expect("newly_monitored", "A08", new, since(builder.day(1)), "identified on the second day")


def another_head(builder: Builder) -> None:
    """The rural bureau has another head, but two persons in common make it the same household."""
    home = builder.planted()
    builder.roster(home)
    turned = Household(home.no, home.area_code, home.is_urban, home.address, list(reversed(home.persons)), home.keys)
    for person, relation in zip(turned.persons, ("02", "10"), strict=True):
        person.relation = relation
    builder.rural(turned)
    builder.expect("another_head", "A08", home, never, "joined by two persons, covered")


def authorization_runs_out(builder: Builder) -> None:
    """Thirty days are the limit, on both sides."""
    for days in (5, 30, 31, 33):
        home = builder.planted()
        builder.roster(home)
        builder.province(home, {0: known(builder), 1: known(builder)}, authorizedUntil=builder.day(days))
        builder.expect("authorization", "Q01", home, since(builder.day(days - 30)), f"until day {days}")


def authorization_in_two_systems(builder: Builder) -> None:
    """The latest of the two systems counts; within the city's family the smallest."""
    cases = ((builder.day(-3), builder.day(200), never, "the city's is far off"),
             (builder.day(200), builder.day(-3), never, "the province's is far off"),
             (builder.day(10), builder.day(20), always, "both run out"))
    for province, city, open_, why in cases:
        home = builder.planted()
        builder.roster(home)
        builder.province(home, {0: known(builder), 1: known(builder)}, authorizedUntil=province)
        builder.city(home, {0: known(builder), 1: known(builder)}, sqyxq=city)
        builder.expect("two_authorizations", "Q01", home, open_, why)
    family = builder.planted()
    builder.roster(family, "BY")
    builder.city(family, {0: known(builder), 1: known(builder)}, each={1: {"sqyxq": builder.day(12)}})
    builder.expect("smallest_in_family", "Q01", family, always, "one member's runs out in twelve days")


def no_authorization(builder: Builder) -> None:
    """Nothing to renew where there never was one."""
    home = builder.planted()
    builder.roster(home)
    builder.expect("no_authorization", "Q01", home, never, "no report and no city family")


def authorization_of_monitored(builder: Builder) -> None:
    """Relapse-monitored families are renewed too, and are on A08's list besides."""
    home = builder.planted()
    builder.rural(home)
    builder.province(home, {0: known(builder), 1: known(builder)}, authorizedUntil=builder.day(-10))
    builder.expect("monitored_and_lapsed", "Q01", home, always, "relapse-monitored")
    builder.expect("monitored_and_lapsed", "A08", home, always, "nobody covered")


def authorization_of_uncovered(builder: Builder) -> None:
    """Uncovered: only with A01 to A03 open."""
    poor, rich = builder.planted(), builder.planted()
    builder.province(poor, {0: known(builder), 1: known(builder)}, authorizedUntil=builder.day(15))
    builder.expect("uncovered_poor", "A01", poor, always, "no income, nothing owned")
    builder.expect("uncovered_poor", "Q01", poor, always, "A01 is open")
    facts = {0: known(builder, earned(builder, 30_000)), 1: known(builder)}
    builder.province(rich, facts, authorizedUntil=builder.day(15))
    builder.expect("uncovered_rich", "Q01", rich, never, "neither covered nor flagged")


def review_due(builder: Builder) -> None:
    """The day itself is not yet late."""
    for days in (-90, -1, 0, 1):
        home = builder.planted()
        builder.roster(home, next_review_on=builder.day(days))
        builder.expect("review", "Q04", home, since(builder.day(days + 1)), f"due on day {days}")


def review_of_others(builder: Builder) -> None:
    """Only ACTIVE households are reviewed."""
    for why, over in (("SUSPENDED", {"status": "SUSPENDED"}), ("not yet approved", {"approved_on": builder.day(60)}),
                      ("ended", {"status": "ENDED", "ended_on": builder.day(-30)})):
        home = builder.planted()
        builder.roster(home, **{"next_review_on": builder.day(-30)} | over)
        builder.expect("review_but", "Q04", home, never, why)
    undated = builder.planted()
    builder.roster(undated, next_review_on=None)
    builder.expect("review_but", "Q04", undated, never, "no date")


LISTS: tuple[Plan, ...] = (
    monitored_and_uncovered, monitored_and_covered, risk_removed, another_head, authorization_runs_out,
    authorization_in_two_systems, no_authorization, authorization_of_monitored, authorization_of_uncovered,
    review_due, review_of_others)
