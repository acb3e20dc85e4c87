"""Low-income household monitoring: six sources in, lists and a validation report out.

The map of the house. Imports go down this list, never up and never sideways between stages:

- `__main__`, `steps`        the verbs that the DAGs and the command line call; beside them `linkage` and
                             `linkage_verbs` (what people decide about identities), `collect` (answers that
                             come back), `tell` (digests to districts), `approval` (held lists and who lets them go)
                             and `pages` (what pages call)
- stages                     `sources` (fetch, landing, standardise) · `resolve` (persons) · `household` · `rules`
                             · `register` (ledger) · `returns` (errors to sources) · `deliver` (worklists, report,
                             files) · `web` (pages)
- core                       `errors`, `settings`, `run`, `lake`, `schema`, `engine` (DuckDB), `areas`, `findings`,
                             `audit` (Great Expectations), `mask` and `working_days` (what people are shown)

Data goes left to right: landing → standardised → resolved → households → outcomes → register → output.
"""
