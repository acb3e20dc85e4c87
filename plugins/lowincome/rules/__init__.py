"""The rule catalogue and its evaluation."""
