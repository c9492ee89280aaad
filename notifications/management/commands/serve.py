"""`manage.py serve`: Involver in one process."""

from __future__ import annotations

import errno
import os
import signal
import socket
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from waitress import create_server

from notifications.doorbell import rung
from notifications.scheduler import Scheduler

LARGEST_REQUEST = 5 * 1024 * 1024  # bytes; in production the proxy refuses more


class Command(BaseCommand):
    """Serve pages in the main thread and let time pass in another, until SIGTERM or Ctrl-C."""

    help = "Run Involver in one process: the web server, and beside it the thread that lets time pass."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address and the number of threads."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"), help="0 takes a free one")
        parser.add_argument("--threads", type=int, default=8)

    def handle(self, *, host: str, port: int, threads: int, **options: Any) -> None:
        """Serve until stopped; then answer what has begun, end the scheduler's batch and return.

        Raises CommandError when the address cannot be taken.
        """
        try:
            door = socket.create_server((host, port), backlog=1024)
        except OSError as error:
            raise CommandError(explain(error, host, port)) from None
        server = create_server(
            get_wsgi_application(), sockets=[door], threads=threads, ident="", max_request_body_size=LARGEST_REQUEST
        )
        scheduler = Scheduler(every=settings.PASS_TIME_EVERY)
        rung.connect(scheduler.wake)
        for number in (signal.SIGTERM, signal.SIGINT):  # also where whoever started it has SIGINT ignored
            signal.signal(number, stop)
        try:
            scheduler.start()
            self.stdout.write(f"Involver runs at http://{host}:{door.getsockname()[1]}/ (Ctrl-C stops it)")
            self.stdout.flush()
            server.run()  # ends at KeyboardInterrupt, when its threads are done
        except KeyboardInterrupt:
            pass
        finally:
            scheduler.stop()
            server.close()
            scheduler.join()


def stop(_number: int, _frame: FrameType | None) -> None:
    """End the process the way Ctrl-C does."""
    raise KeyboardInterrupt


def explain(error: OSError, host: str, port: int) -> str:
    """Say in words why the address could not be taken."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. Choose another one, such as PORT={port + 80}."
    if isinstance(error, socket.gaierror):
        return f"There is no address {host} on this machine."
    return f"Cannot listen on {host}:{port}: {error.strerror}."
