"""``python -m defiso.server``: the web server on PORT, the same under `make run`, in the image and in tests."""

import resource
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from defiso import settings
from defiso.server.heartbeat import watch_workers

WORKERS = 2
CONNECTIONS = 2048  # of a worker; one that is idle or slow with its head is closed after granian's 30 seconds
STOP_SECONDS = 3


def main() -> None:
    parser = ArgumentParser(prog="python -m defiso.server", description="Serve defiso on PORT.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--reload", action="store_true", help="one worker, started anew when a file changes")
    arguments = parser.parse_args()
    allow_connections(WORKERS * CONNECTIONS)
    with tempfile.TemporaryDirectory(prefix="defiso-heartbeats-") as folder:
        watch_workers(Path(folder))
        Granian(
            "defiso.server.asgi:application",
            address=arguments.host,
            port=settings.PORT,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=1 if arguments.reload else WORKERS,
            backpressure=CONNECTIONS,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS,
            log_level=LogLevels.info if arguments.reload else LogLevels.warning,
            reload=arguments.reload,
            reload_paths=[settings.BASE_DIR / "defiso", settings.BASE_DIR / "templates"],
            reload_ignore_worker_failure=True,
        ).serve()


def allow_connections(number: int) -> None:
    """Raise this process's limit of open files towards ``number``, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
