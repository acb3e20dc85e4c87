"""Which families become one household (rules.md section 2)."""

from lowincome.household.forming import form_households

ROSTER, PROVINCE, CITY, RURAL, ENDED = range(5)


def numbers(families: list[tuple[str, int, str]], members: dict[str, str]) -> list[tuple[str, int, str]]:
    return form_households(families, {key: set(people) for key, people in members.items()})


def test_each_roster_household_is_one_even_with_the_same_head() -> None:
    placed = numbers([("r1", ROSTER, "a"), ("r2", ROSTER, "a")], {"r1": "ab", "r2": "ab"})
    assert [role for _, _, role in placed] == ["forming", "forming"]


def test_a_family_joins_the_household_with_its_head_even_alone() -> None:
    placed = numbers([("r1", ROSTER, "a"), ("p1", PROVINCE, "a")], {"r1": "ab", "p1": "a"})
    assert placed[1] == ("p1", 1, "joined")


def test_without_the_head_two_shared_persons_join_and_one_does_not() -> None:
    families = [("r1", ROSTER, "a"), ("p1", PROVINCE, "b")]
    assert numbers(families, {"r1": "abc", "p1": "bc"})[1] == ("p1", 1, "joined")
    assert numbers(families, {"r1": "abc", "p1": "bd"})[1] == ("p1", 2, "forming")


def test_the_head_counts_before_the_number_of_shared_persons() -> None:
    families = [("r1", ROSTER, "x"), ("r2", ROSTER, "a"), ("p1", PROVINCE, "a")]
    assert numbers(families, {"r1": "bcd", "r2": "a", "p1": "abcd"})[2] == ("p1", 2, "joined")


def test_the_most_shared_persons_win_and_a_tie_goes_to_the_lowest_key() -> None:
    families = [("r1", ROSTER, "x"), ("r2", ROSTER, "y"), ("p1", PROVINCE, "z")]
    assert numbers(families, {"r1": "ab", "r2": "cde", "p1": "abcde"})[2] == ("p1", 2, "joined")
    assert numbers(families, {"r1": "ab", "r2": "cd", "p1": "abcd"})[2] == ("p1", 1, "joined")


def test_a_tie_between_systems_goes_to_the_lowest_key_too() -> None:
    families = [("province:1", PROVINCE, "x"), ("city:1", CITY, "y"), ("rural:1", RURAL, "z")]
    members = {"province:1": "ab", "city:1": "cd", "rural:1": "abcd"}
    assert numbers(families, members)[2] == ("rural:1", 2, "joined")


def test_an_ended_roster_household_attaches_as_history_or_stands_alone() -> None:
    families = [("r1", ROSTER, "a"), ("e1", ENDED, "a"), ("e2", ENDED, "z")]
    placed = numbers(families, {"r1": "ab", "e1": "a", "e2": "yz"})
    assert placed[1:] == [("e1", 1, "history"), ("e2", 3, "forming")]
