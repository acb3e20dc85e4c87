"""Families of several systems into one household; one basis of facts per person."""
