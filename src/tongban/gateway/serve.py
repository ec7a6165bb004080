"""Run the gateway under granian."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces

from tongban.runtime.settings import Settings


def serve(settings: Settings, *, host: str = "127.0.0.1", port: int | None = None, workers: int = 1) -> None:
    """Serve until told to stop. Settings reach the workers through the environment, as this process got them."""
    Granian(
        "tongban.gateway.app:create",
        factory=True,
        address=host,
        port=port or settings.gateway_port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        log_enabled=settings.log_level == "debug",
        respawn_failed_workers=True,
    ).serve()
