"""The worker process: delivers events of the outbox and runs Procrastinate's jobs."""

from __future__ import annotations

import asyncio
import os
import signal
import threading

import psycopg
from django.db import OperationalError, close_old_connections
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from psycopg import sql

from tongban.runtime import settings
from tongban.runtime.logs import get_logger

_log = get_logger(__name__)
_IDLE_SECONDS = 2.0
_RETRY_SECONDS = 1.0


class Relay(threading.Thread):
    """Delivers due events until it is told to stop. It sleeps on LISTEN, and looks by itself every two seconds for
    deliveries whose time has come."""

    def __init__(self) -> None:
        super().__init__(name="outbox-relay")
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._relay()
            except (psycopg.OperationalError, OperationalError) as error:
                _log.warning("the database does not answer; the relay tries again", exc_info=error)
                close_old_connections()
                self.stopping.wait(_RETRY_SECONDS)

    def _relay(self) -> None:
        from tongban.infra import outbox

        with psycopg.connect(settings.current().database_url, autocommit=True) as listener:
            listener.execute(sql.SQL("LISTEN {}").format(sql.Identifier(outbox.CHANNEL)))
            while not self.stopping.is_set():
                while outbox.deliver_due() and not self.stopping.is_set():
                    pass
                close_old_connections()
                for _note in listener.notifies(timeout=_IDLE_SECONDS, stop_after=1):
                    break


def run() -> None:
    """Serve until SIGTERM or SIGINT; the delivery or job under way is finished first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.assembly.settings")
    import django

    django.setup()
    from procrastinate.contrib.django import app

    from tongban.contexts.exchange.api import renew_snapshot

    renew_snapshot()  # after a long stop gateways wait for a policy: not for the first minute's tick
    relay = Relay()
    relay.start()
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # Django's
    try:
        asyncio.run(_work(worker_app))
    finally:
        relay.stopping.set()
        relay.join(timeout=30)


async def _work(app: App) -> None:
    """Run jobs until a signal comes. The queue's worker gives up when the database goes away: it is begun anew."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    asked = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        jobs = asyncio.create_task(_run_jobs(app))
        await asyncio.wait({jobs, asked}, return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            jobs.cancel()
        try:
            await jobs
        except asyncio.CancelledError:
            break
        except (ConnectorException, psycopg.OperationalError) as error:
            _log.warning("the queue does not answer; the worker begins anew", exc_info=error)
        await asyncio.wait({asked}, timeout=_RETRY_SECONDS)


async def _run_jobs(app: App) -> None:
    async with app.open_async():
        # Retries in a second or two are due when they are due, not at the queue's usual five seconds.
        await app.run_worker_async(concurrency=4, install_signal_handlers=False, fetch_job_polling_interval=1.0)
