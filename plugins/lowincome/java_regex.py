"""A regular expression of RE2 (DuckDB) that means the same to Java (Spark)."""

SPACE = r"\t\n\f\r "
"""RE2's white space: Java's `\\s` has the vertical tab too."""


def translated(pattern: str) -> str:
    """`$` is the very end of the text; `.` is all but a line feed; `\\s` has no vertical tab."""
    found, place, is_class = [], 0, False
    while place < len(pattern):
        piece = pattern[place:place + 2] if pattern[place] == "\\" else pattern[place]
        if piece in "[]":
            is_class = piece == "["
        found.append(_piece(piece, is_class))
        place += len(piece)
    return "".join(found)


def _piece(piece: str, is_class: bool) -> str:
    if piece == r"\s":
        return SPACE if is_class else f"[{SPACE}]"
    if is_class:
        return piece
    return {"$": r"\z", ".": r"[^\n]"}.get(piece, piece)


def whole(pattern: str) -> str:
    """A pattern that matches the whole text or nothing."""
    return rf"\A(?:{translated(pattern)})\z"


def first_only(pattern: str, replacement: str) -> tuple[str, str]:
    """Pattern and replacement that touch the first match where all are replaced."""
    return rf"\A((?s:.*?))(?:{pattern})(?<rest>(?s:.*))\z", f"$1{replacement}${{rest}}"
