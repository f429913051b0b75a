"""Figures for Prometheus: what this process counted, and what the database and the workers say when asked."""

from __future__ import annotations

import hmac
import ipaddress
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from weakref import WeakSet

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from votek.access.accounts import accounts_configured
from votek.errors import VotekError
from votek.jobs.heartbeat import workers_seen
from votek.store import Database
from votek.store.watching import watch_failures
from votek.workspace.readiness import waiting_work

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from starlette.requests import Request

    from votek.annotation import Ack
    from votek.settings import Settings
    from votek.workspace import Workspace

__all__ = ["allowed", "count_events", "count_request", "counted", "exposition"]

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series for each, of when it was first counted
_registry = CollectorRegistry()
_events = Counter(
    "votek_label_events", "Events of annotators, by whether they were stored.", ["outcome"], registry=_registry
)
_requests = Histogram(
    "votek_request_seconds",
    "How long requests took, by route, method and status.",
    ["route", "method", "status"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)
_failures = Counter("votek_database_errors", "Times the database refused or could not be reached.", registry=_registry)
for _outcome in ("accepted", "rejected"):
    _events.labels(_outcome)
_watched: WeakSet[Database] = WeakSet()
_lock = threading.Lock()
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


def count_events(acks: Iterable[Ack]) -> None:
    """Count what was stored and what was not."""
    for ack in acks:
        _events.labels("accepted" if ack.accepted else "rejected").inc()


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    _requests.labels(route, method, str(status)).observe(seconds)


def counted(open_workspace: Callable[[], Workspace]) -> Callable[[], Workspace]:
    """The same, with the failures of the workspace's database counted from then on."""

    def opened() -> Workspace:
        space = open_workspace()
        with _lock:
            new = space.store.database not in _watched
            _watched.add(space.store.database)
        if new:
            watch_failures(space.store.database, _failures.inc)
        return space

    return opened


def allowed(request: Request, settings: Settings) -> bool | None:
    """Whether this caller gets the figures: True, False, or None where nobody does.

    With a token set, who sends it. Without one, only where nobody signs in and the caller is this computer itself,
    not somebody for whom a proxy on it asks.
    """
    if settings.metrics_token:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.encode() if scheme.lower() == "bearer" else b""
        return hmac.compare_digest(given, settings.metrics_token.encode())
    if not settings.metrics or accounts_configured():
        return None
    return _is_local(request) and not any(name in request.headers for name in _FORWARDED)


def _is_local(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def exposition(open_workspace: Callable[[], Workspace]) -> bytes:
    """Everything, in Prometheus' text format."""
    asked = CollectorRegistry()
    asked.register(_Asked(open_workspace))
    return generate_latest(asked) + generate_latest(_registry)


class _Asked(Collector):
    """What is read at the moment of asking; `votek_up` is 0 when it cannot be."""

    def __init__(self, open_workspace: Callable[[], Workspace]) -> None:
        self._open = open_workspace

    def describe(self) -> list[Metric]:
        """Nothing is asked at the time of registering."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Jobs, their waiting, and workers."""
        try:
            space = self._open()
            states, waiting = waiting_work(space)
        except VotekError:
            yield GaugeMetricFamily("votek_up", "Whether the database could be read.", value=0)
            return
        yield GaugeMetricFamily("votek_up", "Whether the database could be read.", value=1)
        jobs = GaugeMetricFamily("votek_jobs", "Jobs of all projects by state.", labels=["state"])
        for state, count in states.items():
            jobs.add_metric([state], count)
        yield jobs
        yield GaugeMetricFamily(
            "votek_job_oldest_waiting_seconds", "For how long the oldest queued job has waited.", value=waiting
        )
        workers = workers_seen(space.settings.data)
        alive = [worker for worker in workers if worker.alive]
        yield GaugeMetricFamily("votek_workers", "Workers seen in the last 30 seconds.", value=len(alive))
        ages = GaugeMetricFamily(
            "votek_worker_heartbeat_age_seconds", "Seconds since each worker was last seen.", labels=["worker"]
        )
        for worker in workers:
            ages.add_metric([worker.name], worker.age)
        yield ages
