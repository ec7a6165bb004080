"""``tongban identity``: accounts and organisations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from tongban.assembly.cli.demo_database import DataFolder, IsDemo, demo_persons, ready_for_demo
from tongban.assembly.cli.django_setup import ready

app = App(name="identity", help="账号与组织。Accounts and organisations.")

AsJson = Annotated[bool, Parameter(name="--json", help="输出 JSON。Print JSON.")]


@app.command(name="create-staff")
def create_staff(
    username: str,
    *,
    name: Annotated[str, Parameter(help="姓名。Full name.")],
    organisation: Annotated[str, Parameter(help="部门代码，如 police。Department code, such as police.")],
    role: Annotated[Sequence[str], Parameter(help="角色，可多次给出。Role; may be given several times.")],
    hall: Annotated[str, Parameter(help="大厅代码。Hall code.")] = "",
    window: Annotated[str, Parameter(help="窗口号。Window number.")] = "",
    no_second_factor: Annotated[
        bool, Parameter(name="--no-second-factor", help="不预置验证器，首次登录时再设。Enrol it at first sign-in.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """开通工作人员账号。Make a staff account; prints its first password and second factor once, and only here."""
    ready()
    from tongban.contexts.identity import api

    made = api.create_staff(
        username=username,
        name=name,
        organisation=organisation,
        roles=role,
        hall=hall,
        window=window,
        with_second_factor=not no_second_factor,
    )
    _print(
        {
            "username": made.staff.username,
            "organisation": made.staff.organisation,
            "roles": sorted(made.staff.roles),
            "password": made.password,
            "totp_secret": made.totp_secret,
            "totp_url": made.totp_url,
        },
        as_json,
    )


@app.command(name="add-person")
def add_person(
    *,
    demo: IsDemo = False,
    name: Annotated[str | None, Parameter(help="要名单里叫这个名字的人。Somebody of this name.")] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """演示：给户籍系统里真有其人的一位居民开账号。Demo: an account for a resident whom the registers know."""
    ready_for_demo(demo, data)
    from tongban.contexts.identity import api

    made = api.add_demo_person(demo_persons(), name=name)
    _print(
        {
            "username": made.username,
            "password": made.password,
            "name": made.name,
            "person_id": str(made.person_id),
        },
        as_json,
    )


@app.command(name="add-staff")
def add_staff(
    *,
    demo: IsDemo = False,
    organisation: Annotated[str, Parameter(name=["--org", "--organisation"], help="部门代码。Department code.")],
    role: Annotated[
        Sequence[str],
        Parameter(help="角色，可多次给出：clerk、approver、owner、office、auditor。Role; may be given several times."),
    ],
    name: Annotated[str | None, Parameter(help="姓名。Full name.")] = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """演示：给任何部门开一个工作人员账号。Demo: a staff account of any department, with its second factor."""
    ready_for_demo(demo, data)
    from tongban.contexts.identity import api

    made = api.add_demo_staff(organisation=organisation, roles=role, name=name)
    _print(
        {
            "username": made.staff.username,
            "password": made.password,
            "totp_secret": made.totp_secret,
            "organisation": made.staff.organisation,
            "roles": sorted(made.staff.roles),
        },
        as_json,
    )


@app.command(name="reset-account")
def reset_account(username: str, *, as_json: AsJson = False) -> None:
    """当面核对身份后重置账号：新密码，全部退出，两步验证清除。Reset an account whose holder is present."""
    ready()
    from tongban.contexts.identity import api

    _print(asdict(api.reset_account(username=username)), as_json)


@app.command(name="list-staff")
def list_staff(organisation: str, *, as_json: AsJson = False) -> None:
    """列出一个部门的工作人员。List a department's staff."""
    ready()
    from tongban.contexts.identity import api

    api.get_organisation(organisation)
    rows = [
        {"username": one.username, "name": one.name, "roles": sorted(one.roles), "hall": one.hall, "window": one.window}
        for one in api.list_staff(organisation)
    ]
    if as_json:
        print(json.dumps({"staff": rows}, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['username']}\t{row['name']}\t{','.join(row['roles'])}")


@app.command(name="load-demo-accounts")
def load_demo_accounts(
    file: Annotated[
        Path | None, Parameter(help="默认为城市包的 demo_accounts.yaml。The pack's file by default.")
    ] = None,
) -> None:
    """装载演示账号，生产环境拒绝。Load the demo accounts; refused in production."""
    ready()
    import yaml

    from tongban.contexts.identity import api
    from tongban.runtime import settings

    current = settings.current()
    source = file or current.packs_dir / current.pack / "demo_accounts.yaml"
    rows = yaml.safe_load(source.read_text(encoding="utf-8"))["accounts"]
    print(f"{api.load_demo_accounts(rows)} / {len(rows)}")


@app.command(name="add-client")
def add_client(
    *,
    name: Annotated[str, Parameter(help="网站名称。The site's name.")],
    redirect_uri: Annotated[Sequence[str], Parameter(help="回调地址，可多次给出。Where people come back to.")],
    name_en: Annotated[str, Parameter(help="英文名称。Its English name.")] = "",
    public: Annotated[bool, Parameter(help="没有密钥：浏览器或手机应用。A browser or phone application.")] = False,
    high_risk: Annotated[bool, Parameter(help="要 PAR、DPoP 和私钥。Needs PAR, DPoP and a private key.")] = False,
    for_staff: Annotated[bool, Parameter(help="给工作人员用。For members of staff.")] = False,
    resource_server: Annotated[bool, Parameter(help="可核对任何凭证。May introspect any token.")] = False,
    post_logout_redirect_uri: Annotated[Sequence[str], Parameter(help="退出后回到。Where people go then.")] = (),
    backchannel_logout_uri: Annotated[str, Parameter(help="退出通知地址。Told of sign-outs here.")] = "",
    scope: Annotated[Sequence[str], Parameter(help="范围，默认全部。Scopes; all by default.")] = (),
    auth_method: Annotated[str, Parameter(help="认证方式。How the client proves itself.")] = "",
    organisation: Annotated[str, Parameter(help="部门代码。Department code.")] = "",
    sector: Annotated[str, Parameter(help="归属域名。The domain that its addresses share.")] = "",
    minimum_level: Annotated[str, Parameter(help="registered、real-name、in-person")] = "registered",
    service: Annotated[Sequence[str], Parameter(help="办理的事项编码。Codes of its services.")] = (),
    jwks: Annotated[Path | None, Parameter(help="公钥文件（JWKS）。File with its public keys.")] = None,
    as_json: AsJson = False,
) -> None:
    """登记并批准一个可用统一身份认证的网站；密钥只显示这一次。Register and approve a site; its secret is shown once."""
    ready()
    from tongban.assembly.cli import identity_clients
    from tongban.contexts.identity import api

    asked = api.ClientRegistration(
        name_zh=name,
        name_en=name_en,
        redirect_uris=tuple(redirect_uri),
        post_logout_redirect_uris=tuple(post_logout_redirect_uri),
        backchannel_logout_uri=backchannel_logout_uri,
        sector=sector,
        is_public=public,
        is_high_risk=high_risk,
        for_staff=for_staff,
        is_resource_server=resource_server,
        auth_method=auth_method,
        scopes=tuple(scope) or api.SCOPES,
        minimum_level=identity_clients.level(minimum_level),
        organisation=organisation,
        service_codes=tuple(service),
    )
    _print(identity_clients.add(asked, jwks), as_json)


@app.command(name="rotate-keys")
def rotate_keys(*, as_json: AsJson = False) -> None:
    """换上下一把签名密钥；旧的继续公布 30 天。Sign with the next key; the last one stays published for 30 days."""
    ready()
    from tongban.contexts.identity import api

    _print({"kid": api.rotate_keys()}, as_json)


@app.command(name="forget-stale-claims")
def forget_stale_claims() -> None:
    """删除过期的实名填报和尝试记录。Delete real-name claims and attempts past their retention."""
    ready()
    from tongban.contexts.identity import api
    from tongban.kernel.clock import utc_now

    print(api.forget_stale_claims(now=utc_now()))


def _print(values: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(values, ensure_ascii=False))
        return
    for key, value in values.items():
        shown = json.dumps(value) if isinstance(value, dict) else value
        print(f"{key}: {','.join(shown) if isinstance(shown, list) else shown}")
