"""What Prometheus reads at /metrics: requests by route and status, searches by ranking. No text that anybody typed is a label."""

import os

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from web import access
from web.answers.search import SearchAnswer

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set where several workers count together; see web.serve
KEY = "metrics"
SECONDS = (0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})  # others are one label: anybody may invent a method

blueprint = Blueprint("metrics", __name__)


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("xinglin_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "xinglin_request_seconds", "Seconds to an answer", labels, registry=self.registry, buckets=SECONDS
        )
        self.searches = Histogram(
            "xinglin_search_seconds", "Seconds of a search", ("ranking",), registry=self.registry, buckets=SECONDS
        )

    def read(self) -> bytes:
        """Everything as Prometheus takes it; of all workers, where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)


def register(app: Flask) -> None:
    """Count every request."""
    metrics = app.extensions[KEY] = Metrics()

    @app.after_request
    def count(response: Response) -> Response:
        method = request.method if request.method in METHODS else "other"
        labels = (method, request.url_rule.rule if request.url_rule else "none", str(response.status_code))
        metrics.requests.labels(*labels).inc()
        metrics.seconds.labels(*labels).observe(access.milliseconds() / 1000)
        return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """The counters."""
    return Response(current_app.extensions[KEY].read(), content_type=CONTENT_TYPE_LATEST)


def searched(answer: SearchAnswer) -> None:
    """Count one search of this request."""
    current_app.extensions[KEY].searches.labels(answer.params.ranking).observe(answer.results.took_ms / 1000)
