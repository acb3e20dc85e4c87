"""Thousands of cells as they arrive, each with what it means. Expectations follow from how a case was made, never from
the code under test."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from tests.resolve.small import with_check_digit

FULL_WIDTH = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")
AREAS = ("370102", "370112", "370181", "371202", "372621", "110105", "440524", "512901")
SURNAMES, GIVEN = "王李赵孙周朱高胡郭林何梁宋唐于", "芳娜敏静磊洋勇艳娟涛明超秀霞平刚桂英玉梅建文斌志宏红海燕雪琴春生福"
TRADITIONAL = {
    "张": "張",
    "刘": "劉",
    "陈": "陳",
    "杨": "楊",
    "马": "馬",
    "冯": "馮",
    "叶": "葉",
    "苏": "蘇",
    "伟": "偉",
    "丽": "麗",
    "强": "強",
    "军": "軍",
    "华": "華",
    "国": "國",
    "东": "東",
    "兰": "蘭",
    "凤": "鳳",
    "庆": "慶",
}


class Cell(NamedTuple):
    """A cell and its meaning; None: it says nothing that can be used."""

    kind: str
    written: str
    means: str | None


def ids(count: int, seed: int = 1) -> Iterator[Cell]:
    """Every number in many dresses, and every way to break it."""
    rng = Random(seed)
    for _ in range(count):
        born = date(1925, 1, 1) + timedelta(days=rng.randrange(36_000))
        stem = f"{rng.choice(AREAS)}{born:%Y%m%d}{rng.randrange(1, 996):03d}"
        number = with_check_digit(stem)
        yield Cell("plain", number, number)
        yield Cell("lower case", number.lower(), number)
        yield Cell("full width", number.translate(FULL_WIDTH), number)
        yield Cell("apostrophe", "'" + number, number)
        yield Cell("formula", f'="{number}"', number)
        yield Cell(
            "white space", rng.choice(("\u3000", " ", "\t")) + number + rng.choice(("\t", "\u3000", " \t")), number
        )
        yield Cell("certificate", number + f"{rng.randrange(1, 8)}{rng.randrange(1, 5)}", number)
        yield Cell(
            "reissued certificate", number + f"{rng.randrange(1, 8)}{rng.randrange(1, 5)}B{rng.randrange(10)}", number
        )
        place = rng.randrange(17)
        yield Cell(
            "wrong digit",
            f"{number[:place]}{(int(number[place]) + rng.randrange(1, 10)) % 10}{number[place + 1 :]}",
            None,
        )
        place = rng.randrange(16)
        if number[place] != number[place + 1]:
            yield Cell("swapped", number[:place] + number[place + 1] + number[place] + number[place + 2 :], None)
        yield Cell("digits lost", f"#num:{number[:15]}000", None)
        yield Cell("cut", number[:17], None)
        if 1900 < born.year < 2000:
            legacy = number[:6] + number[8:17]
            yield Cell("fifteen digits", legacy, number)
            yield Cell("fifteen digits as a number", f"#num:{legacy}", number)
            yield Cell("centenarian", f"{legacy[:12]}99{rng.randrange(6, 10)}", None)
        yield Cell(
            "no such day",
            with_check_digit(f"{stem[:10]}{rng.choice(('0230', '1301', '0431', '0000'))}{stem[14:]}"),
            None,
        )
        yield Cell("not yet born", with_check_digit(f"{stem[:6]}{rng.randrange(2027, 2100)}{stem[10:]}"[:17]), None)
        yield Cell("no such region", with_check_digit(rng.choice(("00", "10", "38", "70", "99")) + stem[2:]), None)


ODD_IDS = [
    Cell("standard's sample", "11010519491231002X", "11010519491231002X"),
    Cell("standard's sample", "440524188001010014", "440524188001010014"),
    Cell("residence permit of Hong Kong", with_check_digit("81000019800101001"), with_check_digit("81000019800101001")),
    *(
        Cell("placeholder", text, None)
        for text in (
            "0" * 18,
            "1" * 18,
            "9" * 18,
            "0" * 15,
            "1" * 15,
            "123456789012345678",
            "无",
            "不详",
            "-",
            "/",
            "0",
            "X",
            "37010219600102XXXX",
            "3701021960010223",
            "G12345678",
            "军字第1234567号",
            "370102 19600102 2324",
        )
    ),
]


def names(count: int, seed: int = 2) -> Iterator[Cell]:
    """A name, written in many ways that mean the same."""
    rng = Random(seed)
    for _ in range(count):
        first, last = rng.choice(SURNAMES), "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2))))
        name = first + last
        yield Cell("plain", name, name)
        yield Cell("spaced", first + rng.choice(("\u3000", " ", "\u200b", "\u00a0")) + last, name)
        yield Cell("noted", name + rng.choice(("(已故)", "（已故）", "已故", "(代)", "【曾用名某】")), name)
        yield Cell("unreadable", first + rng.choice("?？□\ufffd\ue81e") + last[1:], first + "?" + last[1:])
        old, new = rng.choice(list(TRADITIONAL.items()))
        yield Cell("traditional", first + new + last[1:], first + old + last[1:])
        dotted = first + rng.choice("·•‧・･．.") + last + "热合曼"
        yield Cell("dotted", dotted, first + last + "热合曼")


ODD_NAMES = [
    Cell("rare", "张𫖯", "张𫖯"),
    Cell("rare, traditional", "張頫", "张𫖯"),
    Cell("rare, cannot be told", "张(左韦右华)", "张?"),
    Cell("pinyin for one character", "李ZHE", "李?"),
    Cell("emoji", "张😀", "张?"),
    Cell("radical", "⽅芳", "方芳"),
    Cell("numeral", "刘○", "刘〇"),
    Cell("compatibility ideograph", "\uf9b4丽", "领丽"),
    Cell("latin", "John Smith", "JOHNSMITH"),
    *(Cell("placeholder", text, None) for text in ("无", "不详", "?", "？？", "□", "未知", "测试", " ", "·")),
]


def phones(count: int, seed: int = 3) -> Iterator[Cell]:
    """A phone number with and without its country and area code."""
    rng = Random(seed)
    for _ in range(count):
        mobile, land = (
            f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}",
            f"{rng.randrange(2, 9)}{rng.randrange(10**7):07d}",
        )
        yield from (
            Cell("mobile", text, mobile)
            for text in (
                mobile,
                "+86" + mobile,
                "86" + mobile,
                "0086" + mobile,
                f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}",
                mobile.translate(FULL_WIDTH),
            )
        )
        yield from (
            Cell("landline", text, "0531" + land) for text in (land, "0531" + land, "0531-" + land, "+86531" + land)
        )
        yield from (Cell("not a phone", text, None) for text in (mobile[:10], mobile + "0", "12" + mobile[2:]))


ADDRESSES = [
    *(
        Cell("five spellings", text, "解放路街道经十路120-3-2-501@370102")
        for text in (
            "济南市历下区解放路街道经十路120号3号楼2单元501室",
            "历下区解放路街道经十路120号3号楼2单元501室",
            "山东省济南市历下区解放路街道经十路120号3号楼2单元501室",
            "济南市历下区解放路街道经十路120号3#2-501室",
            "济南市历下区解放路街道经十路１２０号３号楼２单元５０１室",
            "济南市历下区解放路街道经十路120号3号楼2单元501室(东户)",
        )
    ),
    Cell("Laiwu before 2019", "莱芜市莱城区鹏泉街道5号", "鹏泉街道5@370116"),
    Cell("Laiwu after 2019", "济南市莱芜区鹏泉街道5号", "鹏泉街道5@370116"),
    Cell("Zhangqiu as a city", "章丘市明水大街12号", "明水大街12@370114"),
    Cell("Jiyang as a county", "山东省济阳县纬二路8号", "纬二路8@370115"),
    Cell("another city's district", "山东省枣庄市市中区文化路1号", "市中区文化路1@"),
    Cell("broken", '钢城区艾山街道5号,"东户"', "艾山街道5@370117"),
]
