"""Deaths and custody of covered persons (B01, B02), disability and illness, with their near-misses."""

from datetime import timedelta
from typing import Any

from sandbox.builder import Builder, Certainty
from sandbox.facts import error
from sandbox.plan import Plan, always, died, jailed, known, never, owned, since, until
from sandbox.population import Household
from sandbox.timeline import midnight

YEARLY_INCOME = {True: 62_506_00, False: 25_587_00}


def dead_and_covered(builder: Builder) -> None:
    """Death or cremation, from either system, in any programme."""
    for programme, code, source in (("DB", "S01", "province"), ("ZC", "S03", "city"), ("TK", "S01", "city")):
        home = builder.planted()
        builder.roster(home, programme)
        facts = {0: known(builder), 1: known(builder, died(builder, code))}
        builder.province(home, facts) if source == "province" else builder.city(home, facts)
        builder.expect("dead", "B01", home.persons[1], always, f"{code} of the {source}, {programme}")
        builder.expect("dead", "B01", home.head, never, "the other member lives")


def dies_on_second_day(builder: Builder) -> None:
    """A version of the second day brings the death."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder)})
    builder.province(home, {0: known(builder), 1: known(builder, died(builder))}, version=2, received=builder.day(1))
    builder.expect("dies", "B01", home.persons[1], since(builder.day(1)), "version 2 of the second day")


def everyone_dead(builder: Builder) -> None:
    """Nobody is left to be counted; what they owned raises nothing."""
    home = builder.planted()
    builder.roster(home, "BY")
    builder.province(home, {0: known(builder, died(builder), owned(builder, "A04")), 1: known(builder, died(builder))})
    for person in home.persons:
        builder.expect("everyone_dead", "B01", person, always, "covered and dead")
    builder.expect("everyone_dead", "B04", home, never, "no counted member: cannot tell")


def dead_but(builder: Builder) -> None:
    """Deaths that B01 must not raise."""
    for why, over in (("not covered: SUSPENDED", {"status": "SUSPENDED"}),
                      ("not covered: ended", {"status": "ENDED", "ended_on": builder.day(-30)}),
                      ("left before", {"left": {1: builder.day(0)}})):
        home = builder.planted()
        builder.roster(home, **over)
        builder.province(home, {0: known(builder), 1: known(builder, died(builder))})
        builder.expect("dead_but", "B01", home.persons[1], never, why)
    unanswered = builder.planted()
    builder.roster(unanswered)
    builder.province(unanswered, {0: known(builder), 1: known(builder, error("S01", builder.day(-25)))})
    builder.expect("death_unknown", "B01", unanswered.persons[1], never, "no answer lowers nothing and raises nothing")


def dead_says_the_older(builder: Builder) -> None:
    """The city's newer answer finds nobody dead."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder, died(builder, ago=40), ago=40)})
    builder.city(home, {0: known(builder), 1: known(builder)})
    builder.expect("dead_says_the_older", "B01", home.persons[1], never, "the newer answer rules")


def dead_under_lapsed_consent(builder: Builder) -> None:
    """A lapsed report gives no fact, not even a death."""
    home = builder.planted()
    builder.roster(home)
    builder.province(home, {0: known(builder), 1: known(builder, died(builder))}, authorizedUntil=builder.day(-1))
    builder.expect("dead_lapsed", "B01", home.persons[1], never, "the authorization lapsed")
    builder.expect("dead_lapsed", "Q01", home, always, "the authorization lapsed")


def in_custody(builder: Builder) -> None:
    """Custody in either system; release by the second day's version."""
    for source in ("province", "city"):
        home = builder.planted()
        builder.roster(home, "BY")
        facts = {0: known(builder), 1: known(builder, jailed(builder))}
        builder.province(home, facts) if source == "province" else builder.city(home, facts)
        builder.expect("custody", "B02", home.persons[1], always, f"S02 of the {source}")
    released = builder.planted()
    builder.roster(released)
    builder.province(released, {0: known(builder), 1: known(builder, jailed(builder))})
    builder.province(released, {0: known(builder), 1: known(builder)}, version=2, received=builder.day(1))
    builder.expect("released", "B02", released.persons[1], until(builder.day(1)), "none in the second day's version")


def custody_but(builder: Builder) -> None:
    """Custody of nobody covered, or not answered."""
    alone = builder.planted()
    builder.province(alone, {0: known(builder), 1: known(builder, jailed(builder))})
    builder.expect("custody_but", "B02", alone.persons[1], never, "in no roster household")
    unknown = builder.planted()
    builder.roster(unknown)
    builder.province(unknown, {0: known(builder), 1: known(builder, error("S02", builder.day(-25)))})
    builder.expect("custody_unknown", "B02", unknown.persons[1], never, "not answered")


def disabled(builder: Builder) -> None:
    """A05, A06 and Q05 on both sides."""
    cases: tuple[tuple[str, str, dict[str, Any], tuple[str, ...], str, Certainty], ...] = (
        ("4", "2", {}, (), "A05", always), ("4", "2", {}, ("NURSING",), "A05", never),
             ("4", "3", {}, (), "A05", never), ("4", "4", {}, (), "A06", always),
             ("4", "4", {}, ("LIVING",), "A06", never), ("4", "2", {"证件状态": "注销"}, (), "A05", never),
             ("4", "4", {"有效期至": builder.day(100)}, ("LIVING",), "Q05", always),
             ("4", "4", {"有效期至": builder.day(300)}, ("LIVING",), "Q05", never))
    for category, level, over, kinds, rule, open_ in cases:
        home = builder.planted(district="370102")
        builder.roster(home)
        builder.certify(home, home.head, category, level, **over)
        for kind in kinds:
            builder.subsidise(home.head, kind)
        builder.expect("disabled", rule, home.head, open_, f"category {category}, level {level}, {over}, {kinds}")


def disputed_certificate(builder: Builder) -> None:
    """ID and certificate disagree; numbers typed as numbers."""
    home = builder.planted(("02", "10", "20"), district="370102")
    builder.roster(home)
    builder.certify(home, home.head, "4", "2", 残疾人证号=home.persons[1].id_no + "42")
    builder.expect("disputed_certificate", "A05", home.head, never, "the certificate feeds no rule")
    builder.certify(home, home.persons[1], "4", "1", 身份证号=float(home.persons[1].id_no[:17] + "0"))
    builder.expect("id_typed_as_number", "A05", home.persons[1], always, "the ID is taken from the certificate")
    builder.certify(home, home.persons[2], "5", "3", 残疾人证号=home.persons[2].id_no + "53B1")


def ill(builder: Builder) -> None:
    """A04: more than a year's income paid by oneself; exactly as much is not more; a refund takes it back."""
    for is_urban, extra, refunded, open_ in ((True, 1, False, always), (True, 0, False, never),
                                             (False, 1, False, always), (True, 50_000, True, never)):
        home = _resident(builder, is_urban)
        builder.insure(home, home.head)
        paid = midnight(builder.day(-50)) + timedelta(hours=10)
        bill = builder.settle(home.head, 1, paid, YEARLY_INCOME[is_urban] + extra)
        if refunded:
            builder.settle(home.head, 2, paid + timedelta(days=3), -YEARLY_INCOME[is_urban] - extra, refundOf=bill)
        builder.expect("medical_burden", "A04", home.head, open_, f"{extra} fen over, refunded: {refunded}")


def _resident(builder: Builder, is_urban: bool) -> Household:
    home = builder.planted(district="370102" if is_urban else "370124")
    while home.is_urban != is_urban:
        home = builder.planted(district="370124")
    builder.roster(home, "ZC")
    return home


PEOPLE: tuple[Plan, ...] = (
    dead_and_covered, dies_on_second_day, everyone_dead, dead_but, dead_says_the_older, dead_under_lapsed_consent,
    in_custody, custody_but, disabled, disputed_certificate, ill)
