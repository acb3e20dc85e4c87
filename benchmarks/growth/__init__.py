"""How the cost of a day grows with the population and with what changed: figures, exponents, plots."""
