"""Low-income household monitoring: six sources in, lists and a validation report out.

The map of the house. Imports go down this list, never up and never sideways between stages:

- `__main__`                 the command line; it and the DAGs call verbs: `ingest` (a source's day in), `steps` (from a
                             frozen day to a published one), `inquiry` (why, and what if), `linkage` and
                             `linkage_verbs` (what people decide about identities), `collect` and `upload` (answers
                             that come back), `tell` (digests to districts), `alerts` (what is wrong, to engineers),
                             `approval` (held lists and who lets them go), `evidence` and `trace_verbs` (for
                             auditors), `retention`, `key_verbs`, `maintenance`, `gauges`, `datasets`, and `pages` (what
                             pages call); below them `chain_verbs` (seal, anchor, verify), `published` (files against
                             seals), `day_tables` (all that is known of a day), `decisions` and `turns`
- stages                     `sources` (fetch, landing, standardise) · `resolve` (persons) · `household` · `rules`
                             · `register` (ledger) · `returns` (errors to sources) · `deliver` (worklists, report,
                             files) · `web` (pages)
- core                       `errors`, `trouble` (by cause), `settings`, `run`, `lake` (the door to files), `keys`,
                             `sealed` and `sealed_filesystem` (encryption), `schema`, `engine` (DuckDB; where
                             `scaled_out` says so `engine_spark`, `dialect`, `java_regex`: the same SQL on Spark),
                             `areas`, `findings`, `messages` (words in both languages), `audit` (Great Expectations),
                             `workbooks` (those of others, opened behind a guard), `mask` and `working_days` (what
                             people are shown)

Data goes left to right: landing → standardised → resolved → households → outcomes → register → output.
"""
