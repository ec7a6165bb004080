"""``tongban demo``: the demo city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def demo(
    *,
    fresh: Annotated[bool, Parameter(negative="", help="清除数据，重新开始。Delete the data and start over.")] = False,
    port: Annotated[int, Parameter(help="门户端口。The portal's port.", env_var="TONGBAN_WEB_PORT")] = 8000,
    gateway_port: Annotated[
        int, Parameter(help="网关端口。The gateway's port.", env_var="TONGBAN_GATEWAY_PORT")
    ] = 8100,
    data: Annotated[Path, Parameter(help="数据目录。The data folder.", env_var="TONGBAN_DATA")] = Path("var"),
    persons: Annotated[
        int | None, Parameter(help="居民数，首次为 20000。Residents; 20,000 the first time, then as they are.")
    ] = None,
    workers: Annotated[int, Parameter(help="门户进程数。Worker processes of the portal.")] = 1,
) -> None:
    """启动演示城市云州市，直到 Ctrl-C。Run the demo city 云州市 till Ctrl-C; its data is kept."""
    from tongban.assembly.demo.console import Console
    from tongban.assembly.demo.run import Options, run

    options = Options(
        data_dir=data.absolute(),
        web_port=port,
        gateway_port=gateway_port,
        persons=persons,
        web_workers=workers,
        is_fresh=fresh,
    )
    run(options, Console())
