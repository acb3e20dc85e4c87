"""Make the roles of the house in Airflow's FAB auth manager, and the first administrator. Safe to run again.

Each role gets exactly these permissions: what somebody added by hand is taken away. What a role sees on the pages of
lowincome stands in web/staff.py, by the same names. Run it after `airflow db migrate`, before the API server starts.
AIRFLOW_ADMIN_PASSWORD is the first password of the user `admin`, who is made only while there is no administrator.
"""

import os
import secrets
from typing import Any

from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

Permissions = set[tuple[str, str]]


def on(resource: str, *actions: str) -> Permissions:
    """Actions on one resource of Airflow's, such as read and edit on Connections."""
    return {(action if action == "menu_access" else f"can_{action}", resource) for action in actions}


EVERYBODY = on("Website", "read") | on("My Password", "read", "edit") | on("My Profile", "read")
PAGES = EVERYBODY | on("Plugins", "read", "menu_access")
"""Sees the pages of lowincome, and of Airflow itself nothing."""
ROLES: dict[str, Permissions] = {
    "caseworker": PAGES,
    "reviewer": PAGES,
    "auditor": PAGES,
    "supervisor": PAGES | on("HITL Detail", "read", "edit", "menu_access") | on("DAG:release_lists", "read", "edit"),
    "engineer": PAGES.union(
        on("DAGs", "read", "edit", "menu_access"), on("DAG Runs", "read", "create", "edit", "menu_access"),
        on("Task Instances", "read", "edit", "menu_access"), on("HITL Detail", "read", "menu_access"),
        on("Browse", "menu_access"), on("Assets", "read", "create", "menu_access"), on("Documentation", "menu_access"),
        *(on(name, "read") for name in (
            "DAG Code", "DAG Dependencies", "DAG Versions", "DAG Warnings", "Task Logs", "XComs", "ImportError", "Jobs",
            "Cluster Activity", "Pools", "Providers", "Asset Aliases", "Backfills", "Audit Logs"))),
    "administrator": EVERYBODY.union(
        *(on(name, "create", "read", "edit", "delete", "menu_access")
          for name in ("Connections", "Variables", "Pools", "Users")),
        *(on(name, "menu_access") for name in ("Admin", "Security", "List Users", "List Roles")),
        on("Passwords", "read", "edit"), on("Roles", "read"), on("Configurations", "read", "menu_access"),
        on("Providers", "read", "menu_access")),
}
"""Who runs days reads no connection; who keeps users and connections runs no day and sees no page of a case."""


def prepare(manager: Any) -> dict[str, int]:
    """Give each role its permissions and no others; how many each has."""
    for name, wanted in ROLES.items():
        role = manager.find_role(name) or manager.add_role(name)
        for permission in list(role.permissions):
            if (permission.action.name, permission.resource.name) not in wanted:
                manager.remove_permission_from_role(role, permission)
        for action, resource in sorted(wanted):
            manager.add_permission_to_role(role, manager.create_permission(action, resource))
    return {name: len(manager.find_role(name).permissions) for name in ROLES}


def first_administrator(manager: Any, password: str) -> bool:
    """Make the user `admin` unless somebody is an administrator; whether it was made."""
    role = manager.find_role("administrator")
    if any(role in user.roles for user in manager.get_all_users()):
        return False
    return bool(manager.add_user("admin", "admin", "", "admin@localhost", role, password))


if __name__ == "__main__":
    with get_application_builder() as builder:
        print(prepare(builder.sm))
        if first_administrator(builder.sm, os.environ.get("AIRFLOW_ADMIN_PASSWORD") or secrets.token_hex(32)):
            print("made the user admin with the role administrator")
