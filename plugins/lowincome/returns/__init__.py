"""Error returns: what each source's owner is asked to correct, from the first delivery that showed it to the last."""
