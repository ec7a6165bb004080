"""What exchange does when others have changed something."""

from __future__ import annotations

from tongban.contexts.exchange.api.policy import publish_snapshot
from tongban.contexts.resources.events import CatalogueChanged
from tongban.infra.outbox import subscribe


@subscribe(CatalogueChanged, name="exchange.publish-changed-interfaces")
def publish_changed_interfaces(_event: CatalogueChanged) -> None:
    """Gateways run the interfaces that the catalogue holds now."""
    publish_snapshot()
