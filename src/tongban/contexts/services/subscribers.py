"""What services does when a fact is heard."""

from __future__ import annotations

from tongban.contexts.services import index
from tongban.contexts.services.events import ServicesChanged
from tongban.infra.outbox import subscribe


@subscribe(ServicesChanged, name="services.count-terms")
def count_terms_again(event: ServicesChanged) -> None:
    """Bring the token counts up to date; the documents themselves changed with their items."""
    index.count_terms(event.pack)
