"""The ledger: flags and their episodes, append-only, behind SQLAlchemy."""
