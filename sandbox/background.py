"""The ordinary households. None of them raises A08, B01, B02, B04, B05, Q01 or Q04: those are planted alone,
so the truth about them is complete."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sandbox.builder import Builder
from sandbox.facts import Fact, error, hit, none
from sandbox.population import Household, Person
from sandbox.timeline import midnight, month_before

MED_TYPES = (("11", "J06.900", 30_00), ("41", "I10.x02", 80_00), ("14", "E11.900", 300_00), ("21", "I63.900", 4000_00))


@dataclass(slots=True, frozen=True)
class Standing:
    """What a household is in the bureau's roster; `programme` None: not in it."""

    programme: str | None
    status: str

    @property
    def is_covered(self) -> bool:
        """ACTIVE in any programme."""
        return self.programme is not None and self.status == "ACTIVE"


def lay_background(builder: Builder) -> None:
    """Every household in the sources that know it."""
    rng = Random(f"background:{builder.config.seed}")
    for _ in range(builder.config.households):
        _lay(builder, builder.population.household(), rng)


def _lay(builder: Builder, home: Household, rng: Random) -> None:
    standing = _standing(rng)
    if standing.programme:
        _enrol(builder, home, standing, rng)
    _check(builder, home, standing, rng)
    if not home.is_urban and rng.random() < (0.35 if standing.is_covered else 0.05):
        _monitor(builder, home, standing, rng)
    for person in home.persons:
        _live(builder, home, person, standing, rng)


def _standing(rng: Random) -> Standing:
    if rng.random() >= 0.45:
        return Standing(None, "")
    programme = rng.choices(("DB", "TK", "BY", "ZC"), (60, 8, 25, 7))[0]
    return Standing(programme, rng.choices(("ACTIVE", "SUSPENDED", "ENDED"), (92, 3, 5))[0])


def _enrol(builder: Builder, home: Household, standing: Standing, rng: Random) -> None:
    programme = standing.programme or "DB"
    approved = builder.day(-rng.randrange(60, 2500))
    ended = builder.day(-rng.randrange(5, 900)) if standing.status == "ENDED" else None
    if ended and ended <= approved:
        approved = ended - timedelta(days=200)
    review = builder.config.last_date + timedelta(days=rng.randrange(5, 400))
    number = builder.roster(home, programme, approved_on=approved, status=standing.status, ended_on=ended,
                            next_review_on=review, review_class=rng.choice("ABC"), left=_leavers(builder, home, rng))
    if standing.is_covered:
        builder.paid(number, 60000 + home.no % 300 * 100, range(1, 5))


def _leavers(builder: Builder, home: Household, rng: Random) -> dict[int, date] | None:
    if len(home.persons) > 3 and rng.random() < 0.03:
        return {len(home.persons) - 1: builder.day(-rng.randrange(30, 300))}
    return None


def _check(builder: Builder, home: Household, standing: Standing, rng: Random) -> None:
    roll = rng.random()
    if roll > (0.9 if standing.programme else 0.6):
        return
    facts = {n: _facts(builder, home, n, standing, rng) for n in range(len(home.persons))}
    if roll < 0.4:
        _province(builder, home, facts, standing, rng)
    if roll > 0.34:
        builder.city(home, facts, at=builder.day(-rng.randrange(2, 60)))


def _province(builder: Builder, home: Household, facts: dict[int, list[Fact]], standing: Standing,
              rng: Random) -> None:
    checked = builder.day(-rng.randrange(2, 60))
    if not standing.programme and rng.random() < 0.03:
        lapsed = builder.day(-rng.randrange(10, 200))
        builder.province(home, facts, checkedOn=checked - timedelta(days=300), authorizedUntil=lapsed,
                         authorizedOn=lapsed - timedelta(days=364))
        return
    builder.province(home, facts, checkedOn=checked, checkReason=rng.choice(("APPLY", "REVIEW", "MONITOR")))
    if rng.random() < 0.03:
        builder.province(home, facts, version=2, checkedOn=checked, received=checked + timedelta(days=1))
    if rng.random() < 0.02:
        builder.province(home, facts, serial=2, checkedOn=checked - timedelta(days=3))


def _facts(builder: Builder, home: Household, index: int, standing: Standing, rng: Random) -> list[Fact]:
    person = home.persons[index]
    as_of = builder.day(-rng.randrange(3, 20) - 60)
    start, end = month_before(as_of, 12), month_before(as_of, 1)
    poor = standing.programme is not None
    found = [none("S01", as_of), none("S02", as_of), *_property(index, as_of, poor, rng)]
    age = (builder.config.first_date - person.birth).days // 365
    if age >= 60:
        pension = rng.randrange(180, 400) if poor else rng.randrange(200, 5000)
        found.append(hit("I02", as_of, pension * 1200, period_from=start, period_to=end))
    if 18 <= age < 60:
        found.extend(_work(as_of, poor, start, end, rng))
    if rng.random() < 0.03:
        silent = rng.choice(("I03", "I04", "A02"))
        found = [fact for fact in found if fact.code != silent] + [error(silent, as_of)]
    return found


def _work(as_of: date, poor: bool, start: str, end: str, rng: Random) -> list[Fact]:
    is_working = rng.random() < (0.3 if poor else 0.7)
    if not is_working:
        return [none("I01", as_of), none("S05", as_of)]
    wages = rng.randrange(300, 1200) if poor else rng.randrange(900, 9000)
    return [hit("I01", as_of, wages * 1200, period_from=start, period_to=end),
            hit("S05", as_of, 0, "1")]


def _property(index: int, as_of: date, poor: bool, rng: Random) -> list[Fact]:
    dwellings = 1 if index == 0 and rng.random() < 0.7 else 0
    vehicles = 0 if poor or rng.random() < 0.7 else 1
    savings = rng.randrange(0, 9000) if poor else rng.randrange(0, 120000)
    house = hit("A03", as_of, 7500, str(dwellings)) if dwellings else none("A03", as_of)
    car = hit("A04", as_of, 6_000_000, "1") if vehicles else none("A04", as_of)
    return [house, car, hit("A01", as_of, savings * 100), none("A02", as_of), none("A05", as_of)]


def _monitor(builder: Builder, home: Household, standing: Standing, rng: Random) -> None:
    removed = None if standing.is_covered and rng.random() < 0.7 else builder.day(-rng.randrange(10, 250))
    builder.rural(home, 风险是否消除="是" if removed else "否", 风险消除日期=removed,
                  监测对象类别=rng.choice(("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")),
                  风险类型=rng.choice(("因病", "因残", "因学", "因灾", "因意外事故", "其他", "因病、因残")),
                  家庭年人均纯收入=f"{rng.randrange(5000, 16000)}.00", 更新日期=builder.day(-rng.randrange(5, 200)))


def _live(builder: Builder, home: Household, person: Person, standing: Standing, rng: Random) -> None:
    if rng.random() < 0.85:
        builder.insure(home, person, insuType=rng.choice(("310", "390")), subsidised=standing.is_covered)
        for serial in range(rng.choice((0, 0, 0, 1, 1, 2, 4))):
            _treat(builder, person, serial, rng)
    if rng.random() < (0.10 if standing.programme else 0.04):
        _disable(builder, home, person, standing, rng)


def _treat(builder: Builder, person: Person, serial: int, rng: Random) -> None:
    med_type, diagnosis, typical = rng.choices(MED_TYPES, (50, 30, 15, 5))[0]
    total = max(100, int(typical * rng.uniform(0.3, 6.0)))
    fund = total * rng.randrange(40, 80) // 100
    aid = (total - fund) // 5 if rng.random() < 0.2 else 0
    settled = midnight(builder.day(-rng.randrange(3, 400))) + timedelta(seconds=rng.randrange(28000, 64000))
    late = timedelta(days=rng.choice((0, 1, 1, 2, 20)), seconds=rng.randrange(900))
    updated = min(settled + late, midnight(builder.day(0)))
    builder.settle(person, serial, settled, total - fund - aid, fund, aid, updated,
                   medType=med_type, diagCode=diagnosis)


def _disable(builder: Builder, home: Household, person: Person, standing: Standing, rng: Random) -> None:
    category, level = rng.choice("1234456677"), rng.choice("1223344")
    status = rng.choices(("正常", "冻结", "过期", "注销", "迁出"), (92, 2, 3, 2, 1))[0]
    until = builder.day(-rng.randrange(10, 400)) if status == "过期" else builder.day(rng.randrange(30, 3000))
    builder.certify(home, person, category, level, 证件状态=status, 有效期至=until)
    if level in "12" and rng.random() < 0.8:
        builder.subsidise(person, "NURSING")
    if standing.programme == "DB" and rng.random() < 0.8:
        builder.subsidise(person, "LIVING")
