"""A workspace as one person may use it: every call is checked against the table of the policy."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from votek.access.policy import ATTRIBUTES, EVENTS, POLICY, Rule
from votek.access.roles import RANK, may, roles_of
from votek.datatypes import LOCAL, Person, Role
from votek.errors import AccessError
from votek.jobs.context import now
from votek.store import events as event_rows
from votek.store import people as people_rows
from votek.store import projects as project_rows

if TYPE_CHECKING:
    from votek.annotation import NewEvent
    from votek.workspace.workspace import Workspace

__all__ = ["guarded"]


def guarded(space: Workspace, person: Person, *, since: dt.datetime | None = None) -> Workspace:
    """`space` as `person` may use it; `since`: when their session began, checked at every call (None: not at all)."""
    return cast("Workspace", _View(space, person, since))


class _View:
    """Stands where a Workspace is wanted; nothing but what the policy names is reached through it."""

    def __init__(self, space: Workspace, person: Person, since: dt.datetime | None) -> None:
        self.__space = space
        self.__person = person
        self.__since = since

    def __getattr__(self, name: str) -> Any:
        if name in ATTRIBUTES:
            return getattr(self.__space, name)
        rule = POLICY.get(name)
        if rule is None:
            raise AttributeError(f"{name!r} is not for people: it is not in votek/access/policy.py")
        return self.__guard(name, rule)

    def __guard(self, name: str, rule: Rule) -> Callable[..., Any]:
        method = getattr(self.__space, name)

        @wraps(method)
        def checked(*args: Any, **options: Any) -> Any:
            call = self.__own(inspect.signature(method), args, options)
            if rule.project == "list":
                return self.__listed(method, call)
            project_id = self.__project(rule, call.arguments)
            self.__allow(self.__for_events(rule, project_id, call.arguments.get("events", ())), project_id)
            result = method(*call.args, **call.kwargs)
            if rule.noted and self.__space.accounts:
                self.__note(name, project_id, result)
            return result

        return checked

    def __own(
        self, signature: inspect.Signature, args: tuple[Any, ...], options: dict[str, Any]
    ) -> inspect.BoundArguments:
        """The arguments of a call: whoever acts is the person of this view, also where the caller does not say so."""
        if "who" not in signature.parameters:
            return signature.bind(*args, **options)
        given = signature.bind_partial(*args, **options).arguments
        if "who" not in given:
            return signature.bind(*args, **options, who=self.__person.id)
        if given["who"] != self.__person.id:
            raise AccessError("This can only be done in your own name. Open the page again.")
        return signature.bind(*args, **options)

    def __project(self, rule: Rule, arguments: Mapping[str, Any]) -> str | None:
        if rule.project == "none":
            return None
        if rule.project == "job_id":
            return self.__space.job(arguments["job_id"]).project
        return str(arguments["project_id"])

    def __for_events(self, rule: Rule, project_id: str | None, events: Sequence[NewEvent]) -> Rule:
        """Settling what others disagree about, and taking that back, is not the business of those who label."""
        kinds = {event.kind for event in events}
        given = [e.value.get("event") for e in events if e.kind == "undo" and isinstance(e.value, Mapping)]
        undone = [name for name in given if isinstance(name, str) and name.isascii() and name.isprintable()]
        if undone and project_id is not None:
            with self.__space.store.read() as tx:
                kinds |= {found.kind for found in event_rows.known(tx, project_id, undone).values()}
        needed: list[Role] = [EVENTS[kind] for kind in kinds if kind in EVENTS]
        needed.sort(key=RANK.__getitem__)
        return replace(rule, least=needed[-1]) if needed else rule

    def __allow(self, rule: Rule, project_id: str | None) -> None:
        """Raise unless the person may; the role is the one that stands in the database now."""
        if self.__alone():
            return
        with self.__space.store.read() as tx:
            if self.__since is not None:
                self.__space.check_session(tx, self.__person, self.__since)
            known = people_rows.by_id(tx, self.__person.id)
            role = self.__space.role_in(tx, project_id, self.__person) if project_id is not None else None
        if known is None:
            raise AccessError("Nobody is signed in. Sign in first.")
        if rule.least == "admin":
            if (known.email or "") not in self.__space.settings.admin_addresses:
                raise AccessError(
                    "Only people named in VOTEK_ADMINS make projects here. Ask one of them to make it and invite you."
                )
        elif rule.least != "person" and not may(role, rule.least):
            raise _refused(rule.least, role)

    def __alone(self) -> bool:
        """Whether this is the one person of a server without accounts."""
        if self.__person.id != LOCAL.id:
            return False
        if self.__space.accounts:
            raise AccessError("People sign in here, and nobody is signed in. Sign in first.")
        return True

    def __listed(self, method: Callable[..., Any], call: inspect.BoundArguments) -> Any:
        if self.__alone():
            return method(*call.args, **call.kwargs)
        self.__allow(POLICY["projects"], None)
        with self.__space.store.read() as tx:
            known = people_rows.by_id(tx, self.__person.id)
            ids = [project.id for project in project_rows.listed(tx, archived=True)]
            admins = self.__space.settings.admin_addresses
            mine = roles_of(tx, ids, (known.email if known else None) or "", admins=admins)
        return method(*call.args, **{**call.kwargs, "only": frozenset(mine)})

    def __note(self, name: str, project_id: str | None, result: Any) -> None:
        project = project_id if project_id is not None else getattr(result, "id", None)
        with self.__space.store.write() as tx:
            people_rows.note(tx, who=self.__person.id, action=name, project=project, time=now())


def _refused(least: str, role: Role | None) -> AccessError:
    if role is None:
        return AccessError(
            "You have no role in this project, or none any more. Ask one of its owners to invite your address."
        )
    return AccessError(
        f"This needs the role {least} in this project, and yours is {role}. Ask one of its owners to do it, or to "
        "change your role."
    )
