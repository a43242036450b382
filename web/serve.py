"""The site under gunicorn: several workers that share one index and open everything after the fork."""

import errno
import importlib
import logging
import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gunicorn.http.message
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from werkzeug.middleware.proxy_fix import ProxyFix

from search import logs
from search.bootstrap import check_index
from search.errors import SearchError
from search.settings import Settings

log = logging.getLogger(__name__)

REQUEST_LINE_BYTES = 24 * 1024  # 2,000 Chinese characters are 18,000 bytes in an address
THREADS = 4  # a worker's; they wait for slow clients and for the engine's and encoder's code, which lets other threads run
TIMEOUT_SECONDS = 60  # a worker that is silent for so long is replaced
GRACE_SECONDS = 30  # for requests in flight, when the server is told to stop
BACKLOG = 1024
METRICS = "PROMETHEUS_MULTIPROC_DIR"  # prometheus-client reads it when it is first imported: then workers meet in that folder


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve: address, number of workers, whether clients are limited, how many proxies of ours are in front."""

    host: str = "127.0.0.1"
    port: int = 8000  # 0: any that is free
    workers: int = 2
    limited: bool = True
    proxies: int = 0


def serve(settings: Settings, serving: Serving, began: float) -> None:
    """Serve until SIGTERM or SIGINT; began: time.monotonic().

    IndexNotFound where there is no index, SearchError where the address cannot be had.
    """
    check_index(settings)
    listener = listen(serving.host, serving.port)
    meet(settings.var / "metrics" / str(listener.getsockname()[1]))
    logs.configure(settings.log_level, as_json=True)
    logging.getLogger("web").setLevel(min(logging.INFO, logging.getLogger().level))
    gunicorn.http.message.MAX_REQUEST_LINE = REQUEST_LINE_BYTES  # it takes no greater limit than this constant, or none at all
    importlib.import_module("web.app")  # once, for all workers: it opens nothing
    Server(settings, serving, listener, began).run()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; SearchError says why it cannot."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG)
    except OSError as exc:
        if exc.errno == errno.EADDRINUSE:
            raise SearchError(f"{host}:{port} 已经被占用；请停掉占用它的程序，或用 --port 换一个") from exc
        if exc.errno == errno.EACCES:
            raise SearchError(f"没有权限用端口 {port}；1024 以下的要管理员，请用 --port 换一个") from exc
        raise SearchError(f"不能在 {host}:{port} 上监听：{exc.strerror}；--host 要是本机的地址") from exc


def meet(folder: Path) -> None:
    """Let workers count together in this folder, empty at first."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.db"):
        path.unlink()
    os.environ[METRICS] = str(folder)


class Server(BaseApplication):
    """gunicorn, told all that it needs here: it reads no file and no command line."""

    def __init__(self, settings: Settings, serving: Serving, listener: socket.socket, began: float) -> None:
        self._settings, self._serving, self._began = settings, serving, began
        self._url = f"http://{serving.host}:{listener.getsockname()[1]}"
        self._descriptor = listener.detach()
        super().__init__()

    def load_config(self) -> None:
        """See BaseApplication."""
        assert isinstance(self.cfg, Config)
        given: dict[str, Any] = {
            "bind": f"fd://{self._descriptor}",
            "workers": self._serving.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": TIMEOUT_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "limit_request_line": REQUEST_LINE_BYTES,
            "control_socket_disable": True,  # it would be written outside var
            "logger_class": ServerLog,
            "when_ready": self._listening,
            "post_worker_init": self._started,
            "worker_exit": self._ended,
            "child_exit": self._gone,
        }
        for name, value in given.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application; called in each worker, after the fork."""
        from web.app import create_app

        app = create_app(self._settings, limited=self._serving.limited)
        if self._serving.proxies:
            hops = self._serving.proxies
            app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
        return app

    def _listening(self, arbiter: Arbiter) -> None:
        log.info("listening", extra={"url": self._url, "workers": self._serving.workers, "seconds": self._seconds()})

    def _started(self, worker: Worker) -> None:
        log.info("worker answers", extra={"pid": worker.pid, "seconds": self._seconds()})
        threading.Thread(target=self._warm, args=(worker.app.wsgi(), worker.pid), daemon=True).start()

    def _warm(self, app: Flask, pid: int) -> None:
        """Open what the first search would wait for; where that fails, /health/ready and the searches say so themselves."""
        from web.health import examine

        with app.app_context():
            wrong = {part: sentence for part, sentence in examine().items() if sentence}
        if wrong:
            log.error("worker is not ready", extra={"pid": pid, **wrong})
        else:
            log.info("worker ready", extra={"pid": pid, "seconds": self._seconds()})

    def _ended(self, arbiter: Arbiter, worker: Worker) -> None:
        from web.reading import KEY

        if worker.wsgi is not None:  # else it ended before it had an application
            worker.wsgi.extensions[KEY].close()

    def _gone(self, arbiter: Arbiter, worker: Worker) -> None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 2)


class ServerLog(Logger):
    """gunicorn's own events among ours, without the requests that it quotes; requests are web.access's to log."""

    def setup(self, cfg: Config) -> None:
        """See Logger."""
        self.error_log.propagate = True
        self.error_log.setLevel(logging.INFO)
        self.error_log.addFilter(without_request)

    def access(self, *args: Any) -> None:
        """Nothing."""


def without_request(record: logging.LogRecord) -> bool:
    """Cut what a log record quotes of a request: query strings, and lines that could not be read. Always True."""
    said = record.getMessage().partition("?")[0]
    record.msg = said.partition(": ")[0] if said.startswith("Invalid request") else said
    record.args = ()
    return True
