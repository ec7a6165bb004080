"""``tongban serve``: the processes of an installation, one each."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from tongban.runtime import logs, settings

app = App(name="serve", help="启动一个服务进程。Run one process of the platform.")

Workers = Annotated[int, Parameter(help="服务进程数。Number of worker processes.")]


@app.command
def web(*, workers: Workers = 1) -> None:
    """门户、综窗、办件台与控制台。The portal, counter, desk and console, on TONGBAN_WEB_PORT."""
    from granian import Granian
    from granian.constants import Interfaces

    found = settings.current()
    Granian(
        "tongban.assembly.asgi:application",
        address=found.web_host,
        port=found.web_port,
        interface=Interfaces.ASGINL,  # Django has no lifespan
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_access=False,
    ).serve()


@app.command
def gateway(*, workers: Workers = 1) -> None:
    """数据共享网关。The data plane of the exchange, on TONGBAN_GATEWAY_PORT."""
    from tongban.gateway.serve import serve

    found = settings.current()
    serve(found, host=found.web_host, workers=workers)


@app.command
def worker() -> None:
    """后台任务：投递事件、运行作业。Deliver events and run jobs."""
    found = settings.current()
    logs.configure("worker", found.log_level)
    from tongban.assembly.worker import run

    run()
