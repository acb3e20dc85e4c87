"""FEBRL 3 and 4, the field's small public sets of records with known persons, by the engine and by Splink."""
