"""The role that somebody has in a project, read from the database: nothing is remembered from call to call."""

from __future__ import annotations

from collections.abc import Collection

from votek.datatypes import Role
from votek.store import Transaction
from votek.store import people as people_rows

__all__ = ["RANK", "may", "role_of", "roles_of"]

RANK: dict[Role, int] = {"annotator": 1, "reviewer": 2, "owner": 3}


def may(role: Role | None, least: Role) -> bool:
    """Whether a role reaches as far as `least`.

    >>> may("owner", "reviewer"), may("annotator", "reviewer"), may(None, "annotator")
    (True, False, False)
    """
    return role is not None and RANK[role] >= RANK[least]


def role_of(tx: Transaction, project_id: str, email: str, *, admins: Collection[str] = ()) -> Role | None:
    """What `email` may do in the project; None: nothing. A project without an owner is owned by the admins."""
    return roles_of(tx, [project_id], email, admins=admins).get(project_id)


def roles_of(
    tx: Transaction, project_ids: Collection[str], email: str, *, admins: Collection[str] = ()
) -> dict[str, Role]:
    """project -> role of this address, of the projects in `project_ids` where it has one."""
    if not email:
        return {}
    found = {project: role for project, role in people_rows.roles(tx, email).items() if project in project_ids}
    if email in admins:
        nobodys = set(project_ids) - people_rows.owned(tx, project_ids)
        found.update(dict.fromkeys(nobodys, "owner"))
    return found
