"""Asking for background work: what is already under way or done is not done twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from votek.annotation import TwoRounds, two_rounds
from votek.datatypes import Job
from votek.errors import InputError
from votek.jobs.analyses import find_analysis, result_kind
from votek.jobs.context import Context, Pool, now
from votek.jobs.floors import check_columns, floor_need
from votek.jobs.models import project_model
from votek.jobs.wishes import TWO_ROUNDS, check_method, check_wish, go_on, raised
from votek.scoring.settings import ModelSettings
from votek.selection.registry import find_method
from votek.store import Transaction
from votek.store import data as data_rows
from votek.store import jobs as job_rows
from votek.store import projects as project_rows
from votek.store import rounds as round_rows

__all__ = ["PRIORITY", "Requests"]

PRIORITY = {"repair": 0, "select": 5, "analysis": 6, "prepare": 10}
QUICK_SELECT = 1


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
        groups: Sequence[str] = (),
        floor: int = 0,
        model: ModelSettings | None = None,
    ) -> Job:
        """Ask for `budget` picks in all; earlier picks stay, and a larger budget adds to them.

        The same request again gives the job that is under way, or the one that did it. `groups`: columns that, crossed,
        say which group a text is in; `floor`: at least so many of each are picked or labelled. `model`: whom methods
        ask that read a confidence; None: the project's.

        Vote-k is done in two rounds: this picks the first tenth, and `request_second_round` the rest once those
        are labelled. To go on without round two, ask for the budget with the method "fast-vote-k".

        Raises:
            UnknownNameError: no such method.
            BudgetError: more picks than distinct texts, fewer than there are already, or too few for the floors.
            InputError: no texts yet, or other parameters than the earlier picks were made with.
        """
        wanted = _wanted(budget, method, k, rho, seed, groups, floor)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            digest = pool.dataset.digest
            self._check(tx, project_id, wanted, pool)
            rounds = [made for made in round_rows.current(tx, project_id, digest) if made.kind != "repair"]
            if rounds:
                done = sum(len(made.indices) for made in rounds)
                go_on(wanted, self._stand(tx, project_id))
                wanted = raised(wanted, rounds[0], done)
                finished = self._finished(tx, project_id)
                if budget == done and finished is not None:
                    return finished
            else:
                self._check_start(tx, project_id, wanted, pool)
            asked = {**wanted, **self._asking(tx, project_id, wanted, model), "dataset": digest, "restart": False}
            return self._request(tx, project_id, "select", asked)

    def restart_selection(
        self,
        project_id: str,
        *,
        budget: int,
        method: str = "auto",
        k: int | Literal["auto"] = "auto",
        rho: float = 10.0,
        seed: int = 0,
        groups: Sequence[str] = (),
        floor: int = 0,
        model: ModelSettings | None = None,
    ) -> Job:
        """Ask for a fresh first round; labelled texts stay and count, undecided picks are replaced."""
        wanted = _wanted(budget, method, k, rho, seed, groups, floor)
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            self._check(tx, project_id, wanted, pool)
            self._check_start(tx, project_id, wanted, pool)
            asking = self._asking(tx, project_id, wanted, model)
            asked = {**wanted, **asking, "dataset": pool.dataset.digest, "restart": True}
            return self._request(tx, project_id, "select", asked)

    def request_second_round(self, project_id: str, *, model: ModelSettings | None = None) -> Job:
        """Open round two of a selection in two rounds: a model looks at the rest, and the rest is picked.

        `model`: whom to ask; None: the project's, which is the stand-in while none was chosen.

        Raises:
            InputError: no first round is under way, or texts of it are still to be labelled.
        """
        with self.writing() as tx:
            project_rows.lock(tx, project_id)
            pool = self.needed_pool(tx, project_id)
            stand = self._stand(tx, project_id)
            if stand is None or stand.number != 1:
                raise InputError(
                    "No first round of two is under way in this project. Choose vote-k on the Select page to begin one."
                )
            if not stand.ready:
                missing = stand.missing()
                raise InputError(
                    f"Round 2 opens when all of round 1 is labelled: {stand.labelled} of {stand.size} are"
                    f"{f' ({missing})' if missing else ''}. Label the "
                    f"other {stand.waiting}, or go on by fast vote-k, which waits for nothing."
                )
            first = next(made for made in self.rounds_in_force(tx, project_id) if made.kind != "repair")
            wanted = raised({**_wanted(stand.total, "auto", "auto", 10.0, 0, (), 0)}, first, 0)
            asking = self._asking(tx, project_id, {**wanted, "second": True}, model)
            asked = {**wanted, **asking, "dataset": pool.dataset.digest, "restart": False, "second": True}
            return self._request(tx, project_id, "select", asked)

    def two_rounds(self, project_id: str) -> TwoRounds | None:
        """Where a selection in two rounds stands; None when the project's is not one."""
        with self.store.read() as tx:
            project_rows.get(tx, project_id)
            return self._stand(tx, project_id)

    def _stand(self, tx: Transaction, project_id: str) -> TwoRounds | None:
        rounds = self.rounds_in_force(tx, project_id)
        return two_rounds(rounds, self.build_queue(tx, project_id)) if rounds else None

    def _asking(
        self, tx: Transaction, project_id: str, wanted: Mapping[str, Any], model: ModelSettings | None
    ) -> dict[str, Any]:
        """Whom the job asks, where it asks a model: as given, or the project's."""
        if not wanted.get("second") and find_method(wanted["method"]).confidence != "needed":
            return {}
        return {"model": (model or project_model(tx, project_id)).check().as_json()}

    def _check(self, tx: Transaction, project_id: str, wanted: Mapping[str, Any], pool: Pool) -> None:
        check_wish(wanted, texts=len(set(pool.dataset.duplicates.tolist())))
        row = data_rows.current(tx, project_id, "pool")
        uses = row.columns if row is not None else {}
        gold = [name for name, use in uses.items() if use in ("gold", "labelled")]
        check_columns(pool.dataset, wanted["groups"], wanted["floor"], gold=gold)

    def _check_start(self, tx: Transaction, project_id: str, wanted: Mapping[str, Any], pool: Pool) -> None:
        """What only matters for the first picks: the floors fit, and a model has labels to look at."""
        labelled = self.build_queue(tx, project_id).labelled
        check_method(wanted["method"], labelled=len(labelled))
        prepared = self.prepared_in_force(tx, project_id)
        if wanted["floor"] and prepared is not None:  # before, near-copies are not known and might lower the need
            need = floor_need(
                pool.dataset, wanted["groups"], wanted["floor"], copies=prepared.copies, labelled=labelled
            )
            need.check(floor=wanted["floor"], budget=wanted["budget"])

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
        """A selection over a stored graph takes a moment and need not wait behind long work; asking a model does."""
        prepared = self.prepared_in_force(tx, project_id)
        k = parameters["k"]
        at_once = not self._waits_for_model(tx, project_id, parameters)
        ready = at_once and prepared is not None and (k == "auto" or int(k) <= prepared.graph.k)
        return QUICK_SELECT if ready else PRIORITY["select"]

    def _waits_for_model(self, tx: Transaction, project_id: str, parameters: Mapping[str, Any]) -> bool:
        """Whether a model other than the stand-in is asked; round one of two asks nobody."""
        if ModelSettings.from_json(parameters.get("model", {})).tier == "knn":
            return False
        begins = parameters["method"] == TWO_ROUNDS and not parameters.get("second")
        return not begins or bool(self.build_queue(tx, project_id).labelled)

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


def _wanted(
    budget: int, method: str, k: int | Literal["auto"], rho: float, seed: int, groups: Sequence[str], floor: int
) -> dict[str, Any]:
    columns = [groups] if isinstance(groups, str) else list(groups)
    wanted = {"budget": budget, "method": method, "k": k, "rho": rho, "seed": seed}
    return {**wanted, "groups": columns if floor else [], "floor": floor}
