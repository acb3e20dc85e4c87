"""How well and how fast records become persons, on a synthetic truth."""
