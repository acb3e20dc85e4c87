"""Low-income household monitoring: six sources in, lists and a validation report out.

The map of the house. Imports go down this list, never up and never sideways between stages:

- command line   `__main__`; it, the DAGs and the pages call verbs
- verbs          of a day: `ingest` (a source's day in), `steps` (from a frozen day to a published one), `turns` (one
                 at a time), `day_tables` (all that is known of a day), `decisions`
                 of people: `collect` and `upload` (answers that come back), `approval` (held lists and who lets them
                 go), `linkage` and `linkage_verbs` (who is who), `tell` (digests to districts), `pages`
                 for auditors: `inquiry` (why, and what if), `evidence`, `trace_verbs`, `chain_verbs` (seal, anchor,
                 verify), `published` (files against seals)
                 for engineers: `alerts` (what is wrong), `gauges`, `datasets`, `maintenance`, `retention`, `key_verbs`
- stages         `sources` (fetch, landing, standardise) · `resolve` (persons) · `household` · `rules` · `register`
                 (ledger) · `returns` (errors to sources) · `deliver` (worklists, report, files) · `web` (pages)
- core           files: `lake` (the door to them), `version_folder` (of a published day), `run` (the frozen day),
                 `schema` (tables), `aside` (temporary folders), `disk` (when it is full), `lineage`,
                 `redirects` (where ids lead)
                 engines: `engine` (DuckDB; where `scaled_out` says so `engine_spark`, `dialect`, `java_regex`: the same
                 SQL on Spark), `audit` (Great Expectations)
                 privacy: `keys`, `sealed` and `sealed_filesystem` (encryption), `mask` (what people are shown)
                 words: `strict_yaml` (pages of them and of law), `messages`, `causes`, `closings`, `expectations`,
                 `unanswered` (what a flag is open for), `findings`, `figures`, `charts`
                 the rest: `errors`, `trouble` (by cause), `settings`, `areas`, `shanghai` (its time), `working_days`,
                 `workbooks` (those of others, opened behind a guard)

Data goes left to right: landing → standardised → resolved → households → outcomes → register → output.
"""
