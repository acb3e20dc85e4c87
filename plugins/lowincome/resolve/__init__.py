"""Records to persons."""
