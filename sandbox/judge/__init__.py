"""The truth about a world: the rules read once more, plainly, over the world itself, whose identities are known."""
