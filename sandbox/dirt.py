"""How the same fact looks when it was typed by hand: the noise of names, numbers, dates and addresses."""

from datetime import date
from random import Random

from sandbox.population import Household, Person, legacy_id

FULL_WIDTH = str.maketrans("0123456789Xx", "０１２３４５６７８９Ｘｘ")
NAME_SPELLINGS = {"张𫖯": ("张𫖯", "张?", "张頫"), "李㛃": ("李㛃", "李?"), "赵𬎆": ("赵𬎆", "赵?"),
                  "阿卜杜·热合曼": ("阿卜杜·热合曼", "阿卜杜•热合曼", "阿卜杜.热合曼", "阿卜杜热合曼"),
                  "马·伊斯哈格": ("马·伊斯哈格", "马•伊斯哈格", "马伊斯哈格")}


class Soil:
    """Lasting faults of what one source knows of a person; the clean never get any."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"dirt:{seed}")
        self.clean: set[int] = set()

    def name(self, person: Person) -> str:
        """One of the spellings of a rare name, else the name."""
        spellings = NAME_SPELLINGS.get(person.name)
        return self.rng.choice(spellings) if spellings else person.name

    def id_no(self, home: Household, person: Person, source: str) -> str | None:
        """The number as this source has it. Heads and members of small families stay whole, so that
        families of different systems always share their head."""
        if person is home.head or len(home.persons) < 3 or home.no in self.clean:
            return self._whole(home, person, source)
        roll = self.rng.random()
        if roll < 0.005:
            return wrong_digit(self.rng, person.id_no)
        if roll < 0.008:
            return swapped_digits(self.rng, person.id_no)
        if roll < 0.03 and source != "assistance_roster":
            return None
        return self._whole(home, person, source)

    def _whole(self, home: Household, person: Person, source: str) -> str:
        is_old = person.birth.year < 1980 and source in ("rural_revitalization", "disabled_federation")
        if is_old and home.no not in self.clean and self.rng.random() < 0.03:
            return legacy_id(person.id_no)
        return person.id_no

    def address(self, home: Household) -> str:
        """The same address in one of five spellings."""
        text = home.address
        return self.rng.choice((
            text, text.removeprefix("济南市"), "山东省" + text, text.replace("号楼", "#").replace("单元", "-"),
            text.translate(FULL_WIDTH)))


def wrong_digit(rng: Random, id_no: str) -> str:
    """One digit of the serial part mistyped; the check digit no longer fits."""
    place = rng.randrange(12, 17)
    return id_no[:place] + str((int(id_no[place]) + rng.randrange(1, 10)) % 10) + id_no[place + 1:]


def swapped_digits(rng: Random, id_no: str) -> str:
    """Two neighbours of the birth date or serial swapped (they may be equal)."""
    place = rng.randrange(8, 16)
    return id_no[:place] + id_no[place + 1] + id_no[place] + id_no[place + 2:]


def armoured(rng: Random, id_no: str) -> str:
    """A number as a spreadsheet user protects it."""
    roll = rng.random()
    if roll < 0.80:
        return id_no
    if roll < 0.85:
        return "'" + id_no
    if roll < 0.90:
        return f'="{id_no}"'
    if roll < 0.94:
        return id_no.translate(FULL_WIDTH)
    return id_no.lower() + ("\t" if roll < 0.97 else "\u3000")


def written_date(rng: Random, day: date | None) -> str:
    """A date in one of the four spellings; empty when there is none."""
    if day is None:
        return ""
    return rng.choice((day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}",
                       f"{day.year}年{day.month}月{day.day}日"))


def spaced(rng: Random, text: str) -> str:
    """Text with the white space that comes along when cells are pasted."""
    roll = rng.random()
    return text if roll < 0.95 else text + ("\t" if roll < 0.97 else "\u3000")


def broken_address(rng: Random, text: str) -> str:
    """Now and then an address with a comma or a line break inside."""
    roll = rng.random()
    if roll < 0.97:
        return text
    return text + (",\"东户\"" if roll < 0.985 else "\n(原大队部院内)")
