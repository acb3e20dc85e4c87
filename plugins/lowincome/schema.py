"""Every table that stages meet in: its columns and types. Grain and meaning stand in docs/data-dictionary.md."""

import pyarrow as pa

_ARROW = {
    "text": pa.string(),
    "int": pa.int64(),
    "fen": pa.int64(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "bool": pa.bool_(),
    "quantity": pa.decimal128(18, 4),
    "score": pa.float64(),
    "number": pa.decimal128(38, 8),
}
_DUCKDB = {
    "text": "varchar",
    "int": "bigint",
    "fen": "bigint",
    "date": "date",
    "time": "timestamp",
    "bool": "boolean",
    "quantity": "decimal(18, 4)",
    "score": "double",
    "number": "decimal(38, 8)",
}

_COLUMNS: dict[str, str] = {
    # standardised
    "person_record": "source text, record_key text, household_key text, member_no text, report_no text, "
    "report_version int, name text, id_type text, id_raw text, id_problem text, sex text, birth_date date, "
    "relation text, is_head bool, phone text, address text, area_code text, updated_at time, "
    "authorized_until date, checked_on date, is_valid bool, left_on date, single_person_dibao bool",
    "check_report": "source text, record_key text, report_no text, report_version int, household_key text, "
    "area_code text, check_reason text, authorized_on date, authorized_until date, checked_on date, "
    "content_digest text, is_rewritten bool",
    "economic_fact": "source text, record_key text, household_key text, report_no text, report_version int, "
    "item_code text, period_from text, period_to text, amount_fen fen, quantity quantity, provider text, "
    "as_of date, status text, updated_at time",
    "settlement": "source text, record_key text, settlement_id text, refund_of text, person_record_key text, "
    "id_raw text, settled_at time, med_type text, diag_code text, total_fen fen, fund_fen fen, aid_fen fen, "
    "self_fen fen, updated_at time",
    "certificate": "source text, record_key text, certificate_no text, category text, level text, "
    "issued_on date, valid_until date, status text, updated_on date, is_disputed bool, digits_disagree bool",
    "monitored_household": "source text, record_key text, household_key text, head_name text, category text, "
    "identified_on date, risk_types text, risk_removed bool, risk_removed_on date, yearly_income_fen fen, "
    "updated_on date",
    "coverage": "source text, record_key text, household_key text, programme text, urban_rural text, "
    "area_code text, approved_on date, status text, ended_on date, monthly_amount_fen fen, review_class text, "
    "next_review_on date, gradual_exit_until date, updated_at time",
    "payment": "source text, record_key text, household_key text, month text, amount_fen fen, paid_on date",
    "subsidy": "source text, record_key text, id_raw text, name text, kind text, monthly_amount_fen fen, "
    "status text, start_month text, end_month text, updated_at time",
    "rejected_record": "source text, record_key text, table_name text, reason text, line int",
    "odd_record": "source text, record_key text, table_name text, oddity text, line int",
    "arrival": "source text, data_date date, run_id text, record_key text, table_name text, file text, sha256 text, "
    "line int",
    "delivery": "source text, table_name text, is_full bool, rows_in int, kept int, quarantined int, fresh int, "
    "announced int, state_rows int, least int, most int, previous_rows int, max_shrink score, "
    "is_shrink_accepted bool, added int, removed int, like_days int, like_median score, unknown_columns int, "
    "vanished_columns text, unknown_codes int",
    "source_day": "source text, state text, as_of date, is_stale bool, is_full bool, is_keyed bool",
    # resolved
    "current_record": "source text, record_key text, household_key text, member_no text, report_no text, "
    "report_version int, name text, id_type text, id_raw text, id_problem text, sex text, birth_date date, "
    "relation text, is_head bool, phone text, address text, area_code text, updated_at time, "
    "authorized_until date, checked_on date, left_on date, single_person_dibao bool, is_subsidy bool, "
    "id_no text, id_number int, id_kind text, stated_birth date, id_birth date, birth_on date, sex_known text, "
    "phone_key text, is_keyed bool, anchor text",
    "name_standard": "name text, name_key text, part_key text, is_partial bool",
    "compared_pair": "left_key text, right_key text, name text, birth text, sex text, phone text, address text, "
    "mate text, id text",
    "placed_pair": "left_key text, right_key text, node_key text, is_person bool, name text, birth text, id text, "
    "pattern text, score score, is_bound bool, was_linked bool",
    "person_anchor": "anchor text, own_id text, own_since date, person_id text",
    "person_event": "data_date date, event text, from_person_id text, to_person_id text, anchors int",
    "person_redirect": "person_id text, leads_to text",
    "judged_pair": "left_key text, right_key text, verdict text",
    "review_pair": "left_key text, right_key text, kind text, pattern text, score score, left_person_id text, "
    "right_person_id text",
    "judgement": "judgement_id int, left_anchor text, right_anchor text, verdict text",
    "person_link": "source text, record_key text, person_id text, method text, score score, own_id text, "
    "own_since date",
    "person": "person_id text, name text, id_no text, sex text, birth_date date, is_area_known bool",
    # households
    "person_basis": "person_id text, source text, record_key text, report_no text, report_version int",
    "winning_fact": "person_id text, source text, record_key text, item_code text, period_from text, "
    "period_to text, first_month int, last_month int, amount_fen fen, quantity quantity, status text, as_of date, "
    "answered_on date, is_corrected bool",
    "employment_answer": "source text, record_key text, id_raw text, as_of date, status text, quantity int",
    "person_status": "person_id text, is_dead bool, is_in_custody bool, has_facts bool, death_month text",
    "roster_member": "person_id text, record_key text, household_key text, programme text, status text, "
    "approved_on date, is_covering bool",
    "family": "family_key text, source text, level int, is_lapsed bool, head_record_key text, "
    "head_person_id text, area_code text, claimed_at time",
    "family_member": "family_key text, person_id text, record_key text, claimed_at time",
    "family_household": "family_key text, household_number int, role text",
    "household": "household_id text, forming_key text, forming_source text, head_person_id text, "
    "head_record_key text, area_code text, district text, residence text, is_residence_odd bool",
    "household_key": "household_id text, household_key text, source text, role text, is_lapsed bool, first_seen date",
    "household_redirect": "household_id text, leads_to text",
    "household_member": "household_id text, person_id text, record_key text, source text, role text, is_counted bool",
    "person_claim": "person_id text, household_number int, family_key text, record_key text, level int, "
    "is_lapsed bool, role text, claimed_at time, place int",
    "authorization": "household_id text, newest_authorization date, evidence text",
    # outcomes
    "open_flag": "flag_id text, rule_id text, subject_id text, certainty text, first_seen date",
    "dossier": "unit_id text, digest text",
    "criterion": "rule_id text, subject_id text, criterion text, low number, high number, threshold number, unit text, "
    "parameters text, outcome bool, is_told bool, evidence text, limbs text",
    "outcome": "rule_id text, rule_version int, direction text, subject text, household_id text, person_id text, "
    "outcome text, is_held bool, observed_low number, observed_high number, threshold number, unit text, "
    "parameters text, assumptions text, evidence text, district text, reason_zh text, reason_en text, "
    "false_criterion text",
    "flag_day": "rule_id text, rule_version int, direction text, subject text, household_id text, person_id text, "
    "observed_low number, observed_high number, threshold number, unit text, parameters text, assumptions text, "
    "evidence text, district text, reason_zh text, reason_en text, flag_id text, certainty text, state text, "
    "first_seen date, close_reason text",
    "flag_record": "record_key text, flag_id text, data_date date, run_id text, rule_id text, district text, "
    "state text, is_evidence bool",
    "disposition": "flag_id text, finding text, visited_on date, list_date date",
    "answered_subject": "flag_id text, subject_id text",
    "flag_answer": "flag_id text, finding text, visited_on date, list_date date",
    "correction": "flag_id text, rule_id text, visited_on date, person_id text, source text, record_key text, "
    "item_code text, amount_fen fen, quantity quantity, as_of date, expires_on date, ended_on date",
    "error_return": "source text, table_name text, record_key text, fault text, fault_kind text, line int, "
    "first_seen date, last_seen date, status text, closed_on date, occurrences int, openings int, state_version text",
    "discrepancy": "person_id text, household_id text, item_code text, province_amount_fen number, "
    "city_amount_fen number, province_as_of date, city_as_of date, province_key text, city_key text",
}


def _schema(text: str) -> pa.Schema:
    pairs = [column.split() for column in text.split(", ")]
    return pa.schema([pa.field(name, _ARROW[kind]) for name, kind in pairs])


TABLES: dict[str, pa.Schema] = {name: _schema(text) for name, text in _COLUMNS.items()}


def duckdb_types(table: str) -> dict[str, str]:
    """Column → engine type of a table, in order."""
    return {name: _DUCKDB[kind] for name, kind in (c.split() for c in _COLUMNS[table].split(", "))}
