"""People: who signed in, who may do what in a project, and the record of what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from votek.access.roles import RANK, role_of
from votek.datatypes import LOCAL, Member, Person, Role
from votek.errors import AccessError, InputError, NotFoundError
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import people as people_rows
from votek.store import projects as project_rows
from votek.store.people import AuditEntry

__all__ = ["AuditEntry", "People", "clean_address", "signed_in_at"]

MAX_ADDRESS = 320
MAX_CLAIM = 300
MAX_NAME = 200


class People(Context):
    """The part of the workspace that knows people and their roles."""

    def sign_in(self, claims: Mapping[str, Any]) -> Person:
        """The person that a sign-in provider vouches for, recorded at each new sign-in.

        `claims`: those of the ID token. A person is known by issuer and subject, and found by the verified address,
        which belongs to whoever signed in with it last. Only a newer sign-in changes what is known.

        Raises:
            AccessError: the address is not verified, belongs to another account by now, or claims are missing.
        """
        issuer, subject = (_claim(claims, name) for name in ("iss", "sub"))
        email = _verified(claims)
        time = signed_in_at(claims)
        name = "".join(c for c in str(claims.get("name") or "") if c.isprintable())[:MAX_NAME].strip()
        for _ in range(5):  # two tabs may record the same sign-in at once
            with self.store.read() as tx:
                known = people_rows.by_subject(tx, issuer, subject)
                holder = people_rows.by_email(tx, email)
            if known is not None and time <= known.signed_in:
                if not known.email:
                    raise _moved(email)
                return known.person
            if holder is not None and (known is None or holder.id != known.id) and time <= holder.signed_in:
                raise _moved(email)
            with self.store.write() as tx:
                person_id = known.id if known is not None else None
                added = people_rows.record_sign_in(
                    tx, person_id, issuer=issuer, subject=subject, email=email, name=name, time=time
                )
                found = people_rows.by_subject(tx, issuer, subject) if added else None
                if found is not None:
                    people_rows.note(tx, who=found.id, action="sign_in", time=now())
            if found is not None:
                return found.person
        raise AccessError("This sign-in could not be recorded, because others kept changing it. Sign in again.")

    def sign_out(self, person: Person) -> None:
        """End every session and label token of a person up to now, in all tabs and browsers."""
        with self.store.write() as tx:
            known = people_rows.by_id(tx, person.id)
            if known is not None:
                # In the provider's time, as sessions are: its clock and ours need not agree.
                people_rows.end_sessions(tx, person.id, until=known.signed_in)
                people_rows.note(tx, who=person.id, action="sign_out", time=now())

    def in_session(self, person: Person, since: dt.datetime) -> bool:
        """Whether a session that began at `since` still counts."""
        with self.store.read() as tx:
            try:
                self.check_session(tx, person, since)
            except AccessError:
                return False
        return True

    def belongs(self, person: Person) -> bool:
        """Whether somebody who signed in has anything to do here: a role in a project, or the right to make one."""
        with self.store.read() as tx:
            known = people_rows.by_id(tx, person.id)
            email = (known.email if known is not None else None) or ""
            return email in self.settings.admin_addresses or bool(people_rows.roles(tx, email))

    def check_session(self, tx: Transaction, person: Person, since: dt.datetime) -> None:
        """Refuse a session that was begun at `since` and has ended: by its age, or by signing out.

        Raises:
            AccessError: it has ended, or nobody with this id ever signed in.
        """
        known = people_rows.by_id(tx, person.id)
        ended = known is None or (known.valid_from is not None and since <= known.valid_from)
        if ended or now() >= since + dt.timedelta(hours=self.settings.session_hours):
            raise AccessError("Your session has ended. Sign in again; nothing that was saved is lost.")

    # ------------------------------------------------------------ roles

    def role_in(self, tx: Transaction, project_id: str, person: Person) -> Role | None:
        """What the person may do in the project at this moment."""
        known = people_rows.by_id(tx, person.id)
        email = known.email if known is not None else None
        return role_of(tx, project_id, email or "", admins=self.settings.admin_addresses)

    def my_role(self, project_id: str, *, who: str = LOCAL.id) -> Role | None:
        """The role of a person in the project; without accounts, the one person owns everything."""
        if who == LOCAL.id:
            return None if self.accounts else "owner"
        with self.store.read() as tx:
            return self.role_in(tx, project_id, Person(who))

    def may_make_projects(self, *, who: str = LOCAL.id) -> bool:
        """Whether a person may make projects: the addresses of VOTEK_ADMINS may; without accounts, the one person."""
        if who == LOCAL.id:
            return not self.accounts
        with self.store.read() as tx:
            known = people_rows.by_id(tx, who)
        return known is not None and known.email in self.settings.admin_addresses

    def members(self, project_id: str) -> list[Member]:
        """The addresses that have a role in the project, with the people behind them once they signed in."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return people_rows.members(tx, project_id)

    def invite(self, project_id: str, email: str, role: Role, *, who: str = LOCAL.id) -> Member:
        """Give an address a role: whoever signs in with it, verified, may work in the project.

        Raises:
            InputError: this is no address, there is no such role, or the address has one already.
        """
        email, role = clean_address(email), _role(role)
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            there = _member(tx, project_id, email)
            if there is not None:
                raise InputError(f"{email} is {_a(there.role)} of this project already. Change the role instead.")
            return self._give(tx, project_id, email, role, who)

    def set_role(self, project_id: str, email: str, role: Role, *, who: str = LOCAL.id) -> Member:
        """Give a member another role; it counts from their next click.

        Raises:
            NotFoundError: the address has no role in the project.
            InputError: there is no such role, or the last owner would be gone.
        """
        email, role = clean_address(email), _role(role)
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            there = _needed_member(tx, project_id, email)
            if there.role == role:
                return there
            _keep_an_owner(tx, project_id, there)
            return self._give(tx, project_id, email, role, who)

    def remove_member(self, project_id: str, email: str, *, who: str = LOCAL.id) -> None:
        """Take an address's role away; what the person labelled stays.

        Raises:
            NotFoundError: the address has no role in the project.
            InputError: it is the last owner.
        """
        email = clean_address(email)
        with self.store.write() as tx:
            project_rows.lock(tx, project_id)
            _keep_an_owner(tx, project_id, _needed_member(tx, project_id, email))
            people_rows.set_role(tx, project_id, email, None, who=who, time=now())
            _note_role(tx, project_id, email, None, who)

    def _give(self, tx: Transaction, project_id: str, email: str, role: Role, who: str) -> Member:
        people_rows.set_role(tx, project_id, email, role, who=who, time=now())
        _note_role(tx, project_id, email, role, who)
        return _needed_member(tx, project_id, email)

    # ------------------------------------------------------------ names and the record

    def person_names(self, project_id: str, ids: Iterable[str]) -> dict[str, str]:
        """id -> how to show a person: name, else address, else the id itself."""
        wanted = list(dict.fromkeys(ids))
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            found = people_rows.people(tx, wanted)
        known = {LOCAL.id: LOCAL.name, "import": "From the file"}
        return {
            one: found[one].name or found[one].email or one if one in found else known.get(one, one) for one in wanted
        }

    def audit_log(self, project_id: str, *, limit: int = 200) -> list[AuditEntry]:
        """What was done in the project besides labelling, newest first: roles, settings, exports."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return people_rows.notes(tx, project_id, limit=limit)


def clean_address(email: str) -> str:
    """An e-mail address as it is compared: lower case, no blanks around it.

    >>> clean_address(" Ada@Example.org ")
    'ada@example.org'

    A sign that only becomes an ASCII letter by it stays: the Kelvin sign's lower case is "k", and whoever has an
    address with it would be taken for somebody else.

    Raises:
        InputError: it does not look like an address.
    """
    cleaned = "".join(_lower(sign) for sign in email.strip())
    name, at, place = cleaned.partition("@")
    plain = cleaned.isprintable() and not any(c.isspace() for c in cleaned) and len(cleaned) <= MAX_ADDRESS
    if not (name and at and place) or "@" in place or not plain:
        raise InputError(f"{email.strip()[:80]!r} is not an e-mail address. Give one like ada@example.org.")
    return cleaned


def _lower(sign: str) -> str:
    small = sign.lower()
    return sign if small.isascii() and not sign.isascii() else small


def signed_in_at(claims: Mapping[str, Any]) -> dt.datetime:
    """When the sign-in that these claims tell of took place, by the provider's clock.

    Raises:
        AccessError: the provider did not say.
    """
    given = claims.get("iat")
    if isinstance(given, (int, float)) and not isinstance(given, bool) and 0 < given < 1e11:
        return dt.datetime.fromtimestamp(given, dt.UTC)
    raise AccessError("The sign-in provider did not say when you signed in (iat). Ask whoever runs this server.")


def _claim(claims: Mapping[str, Any], name: str) -> str:
    given = claims.get(name)
    if isinstance(given, str) and 0 < len(given) <= MAX_CLAIM and given.isprintable():
        return given
    raise AccessError(f"The sign-in provider did not say who you are ({name}). Ask whoever runs this server.")


def _verified(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    if not isinstance(email, str) or not email.strip():
        raise AccessError(
            "The sign-in provider did not tell your e-mail address. Sign in with an account that has one."
        )
    # The words "true" and 1 are not the word of a provider that follows the standard.
    if claims.get("email_verified") is not True:
        raise AccessError(
            f"The sign-in provider has not verified the address {email.strip()[:80]}. Verify it there, then sign in "
            "again."
        )
    try:
        return clean_address(email)
    except InputError as error:
        raise AccessError(str(error)) from None


def _moved(email: str) -> AccessError:
    return AccessError(f"The address {email} belongs to another account by now. Sign in again with the one you use.")


def _role(role: str) -> Role:
    for known in RANK:
        if role == known:
            return known
    raise InputError(f"There is no role {role!r}: give one of {', '.join(RANK)}.")


def _a(role: str) -> str:
    return f"an {role}" if role[0] in "ao" else f"a {role}"


def _member(tx: Transaction, project_id: str, email: str) -> Member | None:
    return next((member for member in people_rows.members(tx, project_id) if member.email == email), None)


def _needed_member(tx: Transaction, project_id: str, email: str) -> Member:
    found = _member(tx, project_id, email)
    if found is None:
        raise NotFoundError(f"{email} has no role in this project. Invite the address first.")
    return found


def _keep_an_owner(tx: Transaction, project_id: str, leaving: Member) -> None:
    others = [m for m in people_rows.members(tx, project_id) if m.role == "owner" and m.email != leaving.email]
    if leaving.role == "owner" and not others:
        raise InputError(
            f"{leaving.email} is the last owner of this project, and a project needs one. Make somebody else an owner "
            "first."
        )


def _note_role(tx: Transaction, project_id: str, email: str, role: Role | None, who: str) -> None:
    details = {"email": email, "role": role or ""}
    people_rows.note(tx, who=who, action="role", project=project_id, details=details, time=now())
