"""Asking for background work: what is already under way or done is not done twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from votek.datatypes import Job, Round
from votek.errors import BudgetError, InputError
from votek.jobs.analyses import find_analysis, result_kind
from votek.jobs.context import Context, now
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import jobs as job_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows

__all__ = ["PRIORITY", "Requests"]

PRIORITY = {"repair": 0, "select": 5, "analysis": 6, "prepare": 10}
QUICK_SELECT = 1
DEFAULTS: dict[str, Any] = {"method": "auto", "k": "auto", "rho": 10.0, "seed": 0}


class Requests(Context):
    """The part of the workspace that asks for work, watches it and stops it."""

    def request_preparation(self, project_id: str) -> Job:
        """Ask for vectors, copies, graph and map of the texts, and vectors of the test items."""
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            return self._request(tx, project_id, "prepare", {"dataset": pool.dataset.digest})

    def request_selection(
        self,
        project_id: str,
        *,
        budget: int,
        method: str = "auto",
        k: int | Literal["auto"] = "auto",
        rho: float = 10.0,
        seed: int = 0,
    ) -> Job:
        """Ask for `budget` picks in all; earlier picks stay, and a larger budget adds to them.

        The same request again gives the job that is under way, or the one that did it.

        Raises:
            BudgetError: more picks than distinct texts, or fewer than there are already.
            InputError: no texts yet, or other parameters than the earlier picks were made with.
        """
        wanted = {"budget": budget, "method": method, "k": k, "rho": rho, "seed": seed}
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            digest = pool.dataset.digest
            _check(wanted, texts=len(set(pool.dataset.duplicates.tolist())))
            rounds = [made for made in round_rows.current(tx, project_id, digest) if made.kind != "repair"]
            if rounds:
                done = sum(len(made.indices) for made in rounds)
                wanted = _raised(wanted, rounds[0], done)
                finished = self._finished(tx, project_id)
                if budget == done and finished is not None:
                    return finished
            return self._request(tx, project_id, "select", {**wanted, "dataset": digest, "restart": False})

    def restart_selection(
        self,
        project_id: str,
        *,
        budget: int,
        method: str = "auto",
        k: int | Literal["auto"] = "auto",
        rho: float = 10.0,
        seed: int = 0,
    ) -> Job:
        """Ask for a fresh first round; labelled texts stay and count, undecided picks are replaced."""
        wanted = {"budget": budget, "method": method, "k": k, "rho": rho, "seed": seed}
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            _check(wanted, texts=len(set(pool.dataset.duplicates.tolist())))
            return self._request(tx, project_id, "select", {**wanted, "dataset": pool.dataset.digest, "restart": True})

    def request_analysis(self, project_id: str, name: str, options: Mapping[str, Any] | None = None) -> Job:
        """Ask for an analysis of the project (`votek.jobs.analyses`); the same one under way is not begun twice.

        Raises:
            UnknownNameError: there is no such analysis.
            InputError: no texts yet.
        """
        find_analysis(name)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            asked = {"analysis": name, "options": dict(options or {}), "dataset": pool.dataset.digest}
            return self._request(tx, project_id, "analysis", asked)

    def analysis(self, project_id: str, name: str) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """(options, table) of the newest result of this analysis over the texts in force, or None."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            row = data_rows.current(tx, project_id, "pool")
            found = data_rows.results(tx, project_id, row.digest).get(result_kind(name)) if row else None
        return None if found is None else (found[1]["options"], found[1]["table"])

    def request_repair(self, tx: Transaction, project_id: str) -> None:
        """Ask, within a transaction, for replacements of skipped picks, if any are due or no longer are."""
        row = data_rows.current(tx, project_id, "pool")
        if row is None or not round_rows.current(tx, project_id, row.digest):
            return
        queue = self.build_queue(tx, project_id)
        if queue.needed == 0:
            return
        waiting = [job for job in job_rows.listed(tx, project_id, active=True, kind="repair") if job.state == "queued"]
        if not waiting:
            self._add(tx, project_id, "repair", {"dataset": row.digest})

    def request_rest(self, tx: Transaction, project_id: str, digest: str) -> None:
        """Ask, within a transaction, for the map and the test items' vectors where they are still to be made."""
        tests = data_rows.current(tx, project_id, "test")
        missing_map = "map-umap" not in data_rows.results(tx, project_id, digest)
        if missing_map or (tests is not None and "embed" not in data_rows.results(tx, project_id, tests.digest)):
            self._request(tx, project_id, "prepare", {"dataset": digest})

    def _request(self, tx: Transaction, project_id: str, kind: str, parameters: Mapping[str, Any]) -> Job:
        """The active job that does the same, or a new one.

        Raises:
            InputError: another selection is under way.
        """
        for job in job_rows.listed(tx, project_id, active=True, kind=kind):
            if dict(job.parameters) == dict(parameters):
                return job
            if kind == "select":
                raise InputError(
                    f"A selection of {job.parameters['budget']} texts is under way in this project. Wait for it, or "
                    "cancel it first."
                )
        return self._add(tx, project_id, kind, parameters)

    def _add(self, tx: Transaction, project_id: str, kind: str, parameters: Mapping[str, Any]) -> Job:
        job = Job(
            id=secrets.token_hex(8),
            project=project_id,
            kind=kind,
            parameters=dict(parameters),
            state="queued",
            stages={},
            message="",
            created=now(),
            started=None,
            finished=None,
            attempts=0,
        )
        job_rows.add(tx, job, priority=PRIORITY[kind] if kind != "select" else self._haste(tx, project_id, parameters))
        return job

    def _haste(self, tx: Transaction, project_id: str, parameters: Mapping[str, Any]) -> int:
        """A selection over a stored graph takes a moment and need not wait behind long work."""
        prepared = self.prepared_in_force(tx, project_id)
        k = parameters["k"]
        ready = prepared is not None and (k == "auto" or int(k) <= prepared.graph.k)
        return QUICK_SELECT if ready else PRIORITY["select"]

    def _finished(self, tx: Transaction, project_id: str) -> Job | None:
        return next((job for job in job_rows.listed(tx, project_id, kind="select") if job.state == "done"), None)

    def jobs(self, project_id: str, *, active: bool = False) -> list[Job]:
        """The project's jobs, newest first; only unfinished ones when asked for."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return job_rows.listed(tx, project_id, active=active)

    def job(self, job_id: str) -> Job:
        """One job as it stands."""
        with self.store.read() as tx:
            return job_rows.get(tx, job_id)

    def cancel_job(self, job_id: str) -> None:
        """Stop a job: at once when it waits, at its next step when it runs; finished stages are kept."""
        with self.store.write() as tx:
            job = job_rows.get(tx, job_id)
            job_rows.ask_to_stop(tx, job.project, job_id=job_id, time=now())


def _check(wanted: Mapping[str, Any], *, texts: int) -> None:
    budget, k, rho, seed = (wanted[name] for name in ("budget", "k", "rho", "seed"))
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        raise BudgetError(f"The budget was {budget!r}; give a whole number from 1 to {texts}, the distinct texts.")
    if budget > texts:
        raise BudgetError(f"The budget was {budget:,}, but there are only {texts:,} distinct texts. Ask for fewer.")
    if k != "auto" and (not isinstance(k, int) or isinstance(k, bool) or k < 1):
        raise InputError(f"k was {k!r}; give 'auto' or a whole number of at least 1.")
    if not isinstance(rho, (int, float)) or not 1 < rho < 1e9:
        raise InputError(f"rho was {rho!r}; give a number above 1, such as 10.")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise InputError(f"The seed was {seed!r}; give a whole number of at least 0.")


def _raised(wanted: Mapping[str, Any], first: Round, done: int) -> dict[str, Any]:
    """The request with the parameters of the first round; what was left at its default follows that round."""
    if wanted["budget"] < done:
        raise BudgetError(
            f"{done} texts are picked already and the budget was {wanted['budget']}. Picks are kept, so ask for {done} "
            "or more, or start afresh."
        )
    made = first.parameters
    before = {name: made.get("requested", made).get(name, value) for name, value in DEFAULTS.items()}
    resolved = {"method": first.method, "k": made.get("k"), "rho": made.get("rho"), "seed": made.get("seed")}
    for name, default in DEFAULTS.items():
        if wanted[name] not in (default, before[name], resolved[name]):
            raise InputError(
                f"The {done} texts were picked with {name} {before[name]!r}; more of them with {name} {wanted[name]!r} "
                "would not be one selection. Leave it as it was, or start afresh."
            )
    return {**wanted, **before}
