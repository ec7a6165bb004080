"""``tongban exchange``: the policy in force and the grants in it."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import App, Parameter

from tongban.assembly.cli.django_setup import ready

app = App(name="exchange", help="数据共享。Data exchange.")

AsJson = Annotated[bool, Parameter(name="--json", help="输出 JSON。Print JSON.")]


@app.command
def publish(*, as_json: AsJson = False) -> None:
    """重新签发授权策略，网关两秒内生效。Sign and publish the policy; gateways take it within two seconds."""
    ready()
    from tongban.contexts.exchange import api

    version = api.publish_snapshot()
    print(json.dumps({"version": version}) if as_json else f"策略 {version} 已发布 Policy {version} is published")


@app.command
def grants(
    *,
    consumer: Annotated[str | None, Parameter(help="只看一个使用方，如 market。One consumer, such as market.")] = None,
    as_json: AsJson = False,
) -> None:
    """列出有效的共享授权。List the grants in force."""
    ready()
    from tongban.contexts.exchange import api

    found = api.list_grants(consumer=consumer)
    if as_json:
        rows = [
            {
                "id": grant.id,
                "consumer": grant.consumer,
                "resource": grant.resource,
                "fields": list(grant.fields),
                "services": list(grant.services),
                "purposes": list(grant.purposes),
                "basis": grant.basis,
                "rate_per_minute": grant.rate_per_minute,
                "expires_at": grant.expires_at.isoformat() if grant.expires_at else None,
            }
            for grant in found
        ]
        print(json.dumps({"grants": rows}, ensure_ascii=False))
        return
    for grant in found:
        purposes, fields = ",".join(grant.purposes), ",".join(grant.fields)
        print("\t".join((grant.consumer, grant.resource, purposes, fields, grant.basis)))
