"""Masks of what identifies a person: the family name, six and four digits of an ID, three and four of a phone."""


def mask_name(name: str | None) -> str:
    """张三 → 张*; nothing stays nothing."""
    return f"{name[0]}{'*' * (len(name) - 1) or '*'}" if name else ""


def mask_id(id_no: str | None) -> str:
    """3701**********1234."""
    return f"{id_no[:4]}**********{id_no[-4:]}" if id_no and len(id_no) >= 15 else ""


def mask_phone(phone: str | None) -> str:
    """138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) >= 10 else ""
