"""What every table, route, subscriber and migration has to state."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.urls import URLPattern, URLResolver, get_resolver

from tongban.infra import outbox
from tongban.infra.authorisation import access_of
from tongban.infra.personal_data import Declaration, register


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("tongban.")]


def missing_declarations(labels: list[str], declared: dict[str, Declaration]) -> list[str]:
    return [label for label in labels if label not in declared or not declared[label].retention.strip()]


def test_every_table_declares_its_personal_data() -> None:
    assert missing_declarations([model._meta.label for model in own_models()], register) == []


def test_a_table_without_declaration_is_found() -> None:
    assert missing_declarations(["x.Y"], {}) == ["x.Y"]
    assert missing_declarations(["x.Y"], {"x.Y": Declaration("none", "p", " ")}) == ["x.Y"]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, where)
        else:
            yield where, entry


def test_every_route_states_whom_it_lets_in() -> None:
    silent = [where for where, entry in routes(get_resolver()) if access_of(entry.callback) is None]
    assert silent == []


def test_public_routes_say_why() -> None:
    accesses = {where: access_of(entry.callback) for where, entry in routes(get_resolver())}
    unexplained = [
        where for where, access in accesses.items() if access and access.kind == "public" and len(access.reason) < 15
    ]
    assert unexplained == []


def test_no_foreign_key_leaves_its_context() -> None:
    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and field.related_model._meta.app_label != model._meta.app_label
    ]
    assert crossing == []


def test_every_subscriber_has_a_context_in_its_name_and_one_parameter() -> None:
    for subscription in outbox.subscriptions():
        context = subscription.apply.__module__.split(".")[2]
        assert subscription.name.startswith(f"{context}."), subscription.name
        assert len(inspect.signature(subscription.apply).parameters) == 1


def test_migrations_are_linear() -> None:
    loader = MigrationLoader(None)
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("tongban.")]
    assert {
        label: len(loader.graph.leaf_nodes(label)) for label in ours if len(loader.graph.leaf_nodes(label)) > 1
    } == {}


def test_models_and_migrations_agree(transactional_db: None) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
