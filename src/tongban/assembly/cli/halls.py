"""``tongban halls``: the machines that stand in halls."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import App, Parameter

from tongban.assembly.cli.django_setup import ready

app = App(name="halls", help="大厅和机器。Halls and their machines.")

AsJson = Annotated[bool, Parameter(name="--json", help="输出 JSON。Print JSON.")]


@app.command(name="enrol-device")
def enrol_device(hall: str, device: str, *, as_json: AsJson = False) -> None:
    """给一台机器发登记码：15 分钟内在机器上打开所示地址输入。A one-time code to type on the machine itself."""
    ready()
    from tongban.contexts.halls import api
    from tongban.kernel.clock import utc_now
    from tongban.runtime import settings

    code = api.offer_enrolment(hall=hall, device=device, now=utc_now())
    address = f"{settings.current().web_url}/device/enrol/"
    if as_json:
        print(json.dumps({"code": code, "address": address}))
        return
    print(f"{code}\n{address}")


@app.command(name="list-devices")
def list_devices(hall: str = "", *, as_json: AsJson = False) -> None:
    """列出大厅的机器，和哪些已登记。List the machines, and which of them are enrolled."""
    ready()
    from tongban.contexts.halls import api

    rows = [
        {
            "hall": one.hall,
            "device": one.code,
            "kind": one.kind,
            "place": one.place.zh,
            "enrolled_at": one.enrolled_at.isoformat() if one.enrolled_at else None,
        }
        for one in api.list_devices(hall)
    ]
    if as_json:
        print(json.dumps({"devices": rows}, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['hall']}\t{row['device']}\t{row['kind']}\t{row['enrolled_at'] or '—'}\t{row['place']}")


@app.command(name="retire-device")
def retire_device(hall: str, device: str) -> None:
    """取消一台机器的登记，立即生效（丢失、换机）。Withdraw a machine's enrolment at once."""
    ready()
    from tongban.contexts.halls import api

    api.retire_device(hall=hall, device=device)
