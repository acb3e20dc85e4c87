-- What each role of the register may do on PostgreSQL; safe to run again, and run again after every upgrade.
-- Grain: one grant a role and table. lowincome_writer is the pipeline and its pages: adds and reads, changes nothing
-- but the chain's head. lowincome_auditor reads what holds no free text about a family.
-- A null in what the auditor reads means the same as for everybody: the value was unknown.
revoke all on all tables in schema public from public, lowincome_writer, lowincome_auditor;
grant usage on schema public to lowincome_writer, lowincome_auditor;

grant select, insert on all tables in schema public to lowincome_writer;
grant usage on all sequences in schema public to lowincome_writer;
revoke insert on audit_head, alembic_version from lowincome_writer;
grant update (entry_no, hash, algorithm) on audit_head to lowincome_writer;

grant select on register_day, flag, flag_event, answered_subject, answer_file, access_log, alert, alert_told, audit_entry,
    audit_head to lowincome_auditor;
grant select (disposition_id, flag_id, finding, visited_on, recorded_by, recorded_at, channel, list_date, counts_from)
    on disposition to lowincome_auditor;
grant select (judgement_id, left_anchor, right_anchor, verdict, author, decided_at) on judgement to lowincome_auditor;
grant select (judgement_id, action, person, reviewed_at) on judgement_review to lowincome_auditor;
