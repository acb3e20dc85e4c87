"""A synthetic city: persons in households, their records in five sources, and what goes wrong on the way.

Everything is drawn from one seed, column by column. `person_no` and `kind` are the truth; the engine never sees them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

SOURCES = ("assistance_roster", "province_check", "city_check", "rural_revitalization", "medical_insurance")
SHARES = (0.30, 0.28, 0.27, 0.25, 1.00)
WITH_HOUSEHOLD = 4
DISTRICTS = np.array([370102, 370103, 370104, 370105, 370112, 370113, 370114, 370115, 370124, 370126, 370181, 371202])
SURNAMES = np.array(
    list(
        "王李张刘陈杨赵孙周吴徐朱高马胡郭林何梁郑宋谢韩唐冯于董萧程曹"
        "袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    )
)
GIVEN = np.array(
    list(
        "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉梅建国文斌志宏红海燕鹏飞雪琴春生福庆宝山凤云龙东升金玲永昌德顺淑珍"
        "子涵欣怡浩然宇轩梓萱诗琪佳慧思雨晓光立新学义长江振凯俊峰晨阳嘉豪瑞祥安宁"
    )
)
TRADITIONAL = str.maketrans(
    "张刘陈杨赵孙吴马郑谢韩冯萧邓许吕苏卢蒋贾叶伟丽强军兰华国东龙飞凤庆宝云",
    "張劉陳楊趙孫吳馬鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉偉麗強軍蘭華國東龍飛鳳慶寶雲",
)
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECK = np.array(list("10X98765432"))
TODAY = np.datetime64("2026-11-22")


@dataclass(frozen=True)
class Dirt:
    """Shares of records (or of persons: twins, namesakes) to which each thing happens."""

    missing: float = 0.02
    mistyped: float = 0.01
    legacy: float = 0.005
    name_variant: float = 0.03
    changed_address: float = 0.05
    missing_phone: float = 0.15
    twins: float = 0.01
    namesakes: float = 0.003
    other_id: float = 0.0005


STANDARD, HARD = Dirt(), Dirt(missing=0.15, mistyped=0.05)


def check_digits(stems: np.ndarray) -> np.ndarray:
    """The 18th character of 17-digit numbers."""
    digits = (stems[:, None] // 10 ** np.arange(16, -1, -1)) % 10
    return CHECK[(digits * WEIGHTS).sum(axis=1) % 11]


def ids_of(stems: np.ndarray) -> np.ndarray:
    """18-character numbers of 17-digit stems."""
    return np.char.add(stems.astype("U17"), check_digits(stems))


@dataclass
class People:
    """The persons of the city, one entry a person in every column."""

    household: np.ndarray
    place: np.ndarray
    name: np.ndarray
    birth: np.ndarray
    sex: np.ndarray
    stem: np.ndarray
    phone: np.ndarray
    address: np.ndarray


def people(rng: np.random.Generator, count: int, dirt: Dirt) -> People:
    """Households of one to five; children bear the surname of the head; twins and namesakes are planted."""
    sizes = rng.choice([1, 2, 3, 4, 5], size=count, p=[0.2, 0.3, 0.28, 0.16, 0.06])
    household = np.repeat(np.arange(count), sizes)[:count]
    starts = np.searchsorted(household, np.arange(household[-1] + 1))
    place = np.arange(count) - starts[household]
    surname = SURNAMES[rng.choice(len(SURNAMES), size=count, p=_falling(len(SURNAMES)))]
    surname = np.where(place != 1, surname[starts[household]], surname)
    given = GIVEN[rng.choice(len(GIVEN), size=(2, count))]
    name = np.char.add(np.char.add(surname, given[0]), np.where(rng.random(count) < 0.8, given[1], ""))
    age = np.where(place < 2, rng.integers(25, 85, size=count), 0)
    age = np.where(place >= 2, np.maximum(age[starts[household]] - rng.integers(22, 35, size=count), 0), age)
    birth = TODAY - (age * 365 + age // 4 + rng.integers(1, 365, size=count)).astype("timedelta64[D]")
    sex = rng.integers(1, 3, size=count)
    _plant_twins(rng, dirt, household, place, birth, name)
    _plant_namesakes(rng, dirt, birth, name, sex)
    phone = 13_000_000_000 + rng.integers(0, 6_999_999_999, size=count)
    phone = np.where(rng.random(count) < 0.6, phone[starts[household]], phone)
    number = rng.integers(1, 999, size=(3, household[-1] + 1))
    address = np.array([f"历下区解放路街道经十路{a}号{b % 30 + 1}号楼{c}室" for a, b, c in number.T])[household]
    return People(household, place, name, birth, sex, _stems(rng, birth, sex, household), phone, address)


def _falling(count: int) -> np.ndarray:
    weights = 1 / np.arange(2, count + 2)
    return np.asarray(weights / weights.sum())


def _plant_twins(
    rng: np.random.Generator, dirt: Dirt, household: np.ndarray, place: np.ndarray, birth: np.ndarray, name: np.ndarray
) -> None:
    """The fourth of a household is the twin of the third; half of them share a generation character."""
    chosen = np.flatnonzero((place == 3) & (rng.random(len(place)) < dirt.twins / 2 / max((place == 3).mean(), 1e-9)))
    birth[chosen] = birth[chosen - 1]
    for index in chosen:
        older = str(name[index - 1])
        own = str(GIVEN[rng.integers(len(GIVEN))])
        name[index] = older[:2] + own if len(older) == 3 and rng.random() < 0.5 else older[0] + own
        if name[index] == older:
            name[index] = older[0] + "双" + own


def _plant_namesakes(
    rng: np.random.Generator, dirt: Dirt, birth: np.ndarray, name: np.ndarray, sex: np.ndarray
) -> None:
    pairs = rng.permutation(len(name))[: int(len(name) * dirt.namesakes) // 2 * 2].reshape(-1, 2)
    for column in (birth, name, sex):
        column[pairs[:, 1]] = column[pairs[:, 0]]


def _stems(rng: np.random.Generator, birth: np.ndarray, sex: np.ndarray, household: np.ndarray) -> np.ndarray:
    """Numbers are unique: among those born on one day in one area the sequence runs on."""
    area = DISTRICTS[rng.integers(len(DISTRICTS), size=household[-1] + 1)][household]
    year, month = birth.astype("datetime64[Y]").astype(int) + 1970, birth.astype("datetime64[M]").astype(int) % 12 + 1
    day = (birth - birth.astype("datetime64[M]")).astype(int) + 1
    stem = (area * 10**8 + year * 10**4 + month * 100 + day) * 1000
    order = np.lexsort((rng.random(len(stem)), sex, stem))
    group = stem[order] * 10 + sex[order]
    first = np.r_[True, group[1:] != group[:-1]]
    run = np.arange(len(group)) - np.maximum.accumulate(np.where(first, np.arange(len(group)), 0))
    sequence = np.empty(len(stem), dtype=np.int64)
    start = rng.integers(0, 300, size=len(stem))[np.flatnonzero(first)[np.cumsum(first) - 1]]
    sequence[order] = (start + run) % 499 * 2 + np.where(sex[order] == 1, 1, 2)
    return np.asarray(stem + sequence)


def records(seed: int, persons: int, dirt: Dirt = STANDARD) -> pa.Table:
    """Every record of every source in the columns that resolution reads, with `person_no` and `kind`."""
    rng = np.random.default_rng(seed)
    city = people(rng, persons, dirt)
    who, source = [], []
    known = rng.random(city.household[-1] + 1)
    for number, share in enumerate(SHARES):
        knows = rng.random(city.household[-1] + 1) < share if number else known < share
        chosen = np.flatnonzero(knows[city.household] & (rng.random(persons) < 0.97))
        who.append(chosen)
        source.append(np.full(len(chosen), number))
    return _soiled(rng, city, np.concatenate(who), np.concatenate(source), dirt)


def apart(seed: int, persons: int, dirt: Dirt, soiled: pa.Table) -> pa.Table:
    """person_no, other_no, kind: twins, namesakes born on one day, and who is filed under the other's ID."""
    city = people(np.random.default_rng(seed), persons, dirt)
    younger = np.flatnonzero((city.place == 3) & (city.birth == np.roll(city.birth, 1)))
    order = np.lexsort((city.birth, city.name))
    first, second = order[:-1], order[1:]
    is_namesake = (city.name[first] == city.name[second]) & (city.birth[first] == city.birth[second])
    under_other = soiled["person_no"].to_numpy()[soiled["kind"].to_numpy() == "other_id"]
    heads = np.searchsorted(city.household, city.household[under_other])
    pairs = {
        "twin": (younger - 1, younger),
        "namesake": (first[is_namesake], second[is_namesake]),
        "other_id": (under_other, heads),
    }
    kinds = np.repeat(list(pairs), [len(ones) for ones, _ in pairs.values()])
    ones, others = (np.concatenate([pair[side] for pair in pairs.values()]) for side in (0, 1))
    return pa.table({"person_no": ones, "other_no": others, "kind": kinds})


def _soiled(rng: np.random.Generator, city: People, who: np.ndarray, source: np.ndarray, dirt: Dirt) -> pa.Table:
    count = len(who)
    kind = np.full(count, "clean", dtype="U16")
    ids = ids_of(city.stem)[who].astype(object)
    name, phone = city.name[who].astype(object), city.phone[who].astype("U11").astype(object)
    birth, sex = city.birth[who], city.sex[who]
    address = city.address[who].astype(object)
    fate = rng.random(count)
    edges = np.cumsum([dirt.missing, dirt.mistyped, dirt.legacy, dirt.other_id])
    missing, mistyped = fate < edges[0], (fate >= edges[0]) & (fate < edges[1])
    legacy = (fate >= edges[1]) & (fate < edges[2]) & (birth < np.datetime64("2000-01-01"))
    other = np.flatnonzero((fate >= edges[2]) & (fate < edges[3]) & (city.place[who] >= 2))
    ids[missing] = None
    for index in np.flatnonzero(mistyped):
        ids[index] = mistype(rng, ids[index])
    for index in np.flatnonzero(legacy):
        ids[index] = ids[index][:6] + ids[index][8:17]
    head = np.searchsorted(city.household, city.household[who[other]])
    ids[other] = ids_of(city.stem[head])
    varied = np.flatnonzero(rng.random(count) < dirt.name_variant)
    for index in varied:
        name[index] = misspell(rng, name[index])
    for index in np.flatnonzero(rng.random(count) < dirt.changed_address):
        street, block, room = rng.integers(1, 999), rng.integers(1, 30), rng.integers(1, 999)
        address[index] = f"槐荫区西市场街道经七路{street}号{block}号楼{room}室"
    phone[rng.random(count) < dirt.missing_phone] = None
    address[source == 4] = None
    kind[varied] = "name_variant"
    kind[missing], kind[mistyped], kind[legacy] = "missing_id", "mistyped_id", "legacy_id"
    kind[other] = "other_id"
    return _table(city, who, source, kind, ids, name, phone, birth, sex, address)


def mistype(rng: np.random.Generator, number: str) -> str:
    """One digit wrong or one neighbouring pair swapped; one time in twenty with a check digit that fits."""
    place = int(rng.integers(0, 17))
    if rng.random() < 0.3 and number[place] != number[place + 1] and place < 16:
        wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    else:
        wrong = number[:place] + str((int(number[place]) + int(rng.integers(1, 10))) % 10) + number[place + 1 :]
    return str(ids_of(np.array([int(wrong[:17])]))[0]) if rng.random() < 0.05 else wrong


def misspell(rng: np.random.Generator, name: str) -> str:
    """An unreadable character, traditional characters, spaces, a note, or (one in five) another character."""
    roll = int(rng.integers(0, 10))
    place = int(rng.integers(1, len(name)))
    if roll < 3:
        return name[:place] + "?□\ue81e"[roll] + name[place + 1 :]
    if roll < 5:
        return name.translate(TRADITIONAL)
    if roll < 7:
        return name[0] + "\u3000" + name[1:]
    if roll < 8:
        return name + "(已故)"
    return name[:place] + str(GIVEN[rng.integers(len(GIVEN))]) + name[place + 1 :]


def _table(
    city: People,
    who: np.ndarray,
    source: np.ndarray,
    kind: np.ndarray,
    ids: np.ndarray,
    name: np.ndarray,
    phone: np.ndarray,
    birth: np.ndarray,
    sex: np.ndarray,
    address: np.ndarray,
) -> pa.Table:
    names = np.array(SOURCES)[source]
    serial = np.random.default_rng(int(who.sum())).permutation(len(who)).astype("U8")
    household = np.char.add(np.char.add(names, ":H"), city.household[who].astype("U8"))
    lists = source < WITH_HOUSEHOLD
    return pa.table(
        {
            "source": names,
            "record_key": np.char.add(np.char.add(names, ":"), serial),
            "household_key": pa.array(household, mask=~lists),
            "name": pa.array(name.tolist(), pa.string()),
            "id_raw": pa.array(ids.tolist(), pa.string()),
            "sex": pa.array(sex.astype("U1").tolist(), pa.string()),
            "birth_date": pa.array(birth.astype("datetime64[D]")),
            "phone": pa.array(phone.tolist(), pa.string()),
            "address": pa.array(address.tolist(), pa.string()),
            "person_no": pa.array(who),
            "kind": pa.array(kind.tolist(), pa.string()),
        }
    )
