-- Roles of the register on PostgreSQL, one row of pg_roles each; safe to run again. None of them logs in by itself.
-- Grain: the server. The owner's rights are used by scripts/prepare_databases.py alone.
-- A null limit of time or connections means that the administrator has set none.
do $$
declare
    role text;
begin
    foreach role in array array['lowincome_owner', 'lowincome_writer', 'lowincome_auditor'] loop
        if not exists (select from pg_roles where rolname = role) then
            execute format('create role %I nologin', role);
        end if;
    end loop;
end $$;
