"""Identities, persons, ids that last."""
