"""Checks of what services stand on: organisations, resources, licence types, grants, accounts."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.assembly.packs.checks.index import Index, unknown
from tongban.assembly.packs.checks.services import ORGANISATION
from tongban.assembly.packs.documents import Document
from tongban.assembly.packs.pack import Pack
from tongban.assembly.packs.problems import Problem
from tongban.kernel import credit_code
from tongban.kernel.errors import Text

PORTAL = "portal"


def check_foundations(pack: Pack, index: Index) -> Iterator[Problem]:
    """References among organisations, resources, licence types, grants and accounts."""
    yield from _organisations(pack)
    for document in pack.many.get("resources", ()):
        yield from _resources(document, index)
    for document in pack.many.get("licence-type", ()):
        yield from _licence_type(document, index)
    yield from _grants(pack, index)
    accounts = pack.one.get("demo-accounts")
    for position, row in enumerate(pack.rows("demo-accounts", "accounts")):
        organisation = row.get("organisation")
        if accounts and organisation and organisation not in index.organisations:
            yield unknown(
                accounts, ("accounts", position, "organisation"), ORGANISATION, organisation, list(index.organisations)
            )
    city = pack.one.get("pack")
    runner = city.data.get("organisation") if city else None
    if city and runner and runner not in index.organisations:
        yield unknown(city, ("organisation",), ORGANISATION, runner, list(index.organisations))


def _organisations(pack: Pack) -> Iterator[Problem]:
    document = pack.one.get("organisations")
    if document is None:
        return
    seen: dict[str, int] = {}
    for position, row in enumerate(document.data["organisations"]):
        path = ("organisations", position, "credit_code")
        code = row["credit_code"]
        if not credit_code.is_valid(code):
            yield document.problem(
                path,
                "check-character",
                Text(zh=f"统一社会信用代码“{code}”的校验位不对", en=f'the check character of "{code}" is wrong'),
                Text(zh="核对后改正", en="check it and correct it"),
            )
        if code in seen:
            yield document.problem(
                path,
                "duplicate-code",
                Text(zh=f"和第 {seen[code]} 行是同一个代码", en=f"is the same code as on line {seen[code]}"),
                Text(zh="核对后改正", en="check it and correct it"),
            )
        seen.setdefault(code, document.line_of(path))


def _resources(document: Document, index: Index) -> Iterator[Problem]:
    provider = document.data["provider"]
    if provider not in index.organisations:
        yield unknown(document, ("provider",), ORGANISATION, provider, list(index.organisations))
    for position, row in enumerate(document.data["resources"]):
        path = ("resources", position)
        if row["code"].split(".")[0] != provider:
            yield document.problem(
                (*path, "code"),
                "code-of-other-department",
                Text(zh=f"代码应以“{provider}.”开头", en=f'the code should begin with "{provider}."'),
                Text(zh="改正代码，或移到提供部门的文件", en="correct the code or move it to its provider's file"),
            )
        names = [field["name"] for field in row["fields"]]
        for number, name in enumerate(names):
            if name in names[:number]:
                yield document.problem(
                    (*path, "fields", number, "name"),
                    "duplicate-code",
                    Text(zh=f"字段“{name}”写了两次", en=f'the field "{name}" is listed twice'),
                    Text(zh="删掉一个", en="remove one"),
                )
        for name in (row.get("interface") or {}).get("columns", {}):
            if name not in names:
                yield unknown(document, (*path, "interface", "columns", name), Text(zh="字段", en="field"), name, names)


def _licence_type(document: Document, index: Index) -> Iterator[Problem]:
    data = document.data
    if data["issuer"] not in index.organisations:
        yield unknown(document, ("issuer",), ORGANISATION, data["issuer"], list(index.organisations))
    names = [field["name"] for field in data["fields"]]
    for row, cells in enumerate(data["layout"]["rows"]):
        for column, name in enumerate(cells):
            if name not in names:
                yield unknown(
                    document, ("layout", "rows", row, column), Text(zh="证照字段", en="licence field"), name, names
                )
    if not data["type_code"].startswith(data["definer_code"]):
        yield document.problem(
            ("type_code",),
            "code-of-other-department",
            Text(zh="类型代码的前 18 位应是定义机构代码", en="the type code should begin with the definer's code"),
            Text(zh=f"写成 {data['definer_code']} 加三位数字", en=f"write {data['definer_code']} and three digits"),
        )
    expected = {"person": "111", "organisation": "001"}[data["holder"]]
    if data["holder_code_type"] != expected:
        yield document.problem(
            ("holder_code_type",),
            "holder-code-type",
            Text(zh="持证主体和它的代码类型不相配", en="holder and code type do not fit"),
            Text(zh=f"写成 {expected}", en=f"write {expected}"),
        )


def _grants(pack: Pack, index: Index) -> Iterator[Problem]:
    document = pack.one.get("grants")
    for position, row in enumerate(pack.rows("grants", "grants")):
        if document is None:
            return
        path = ("grants", position)
        if row["consumer"] != PORTAL and row["consumer"] not in index.organisations:
            yield unknown(document, (*path, "consumer"), ORGANISATION, row["consumer"], [PORTAL, *index.organisations])
        resource = index.resources.get(row["resource"])
        if resource is None:
            yield unknown(
                document,
                (*path, "resource"),
                Text(zh="数据资源", en="resource"),
                row["resource"],
                list(index.resources),
            )
            continue
        names = [field["name"] for field in resource["fields"]]
        for number, name in enumerate(row["fields"] if isinstance(row["fields"], list) else ()):
            if name not in names:
                yield unknown(
                    document,
                    (*path, "fields", number),
                    Text(zh=f"字段（{row['resource']}）", en=f"field of {row['resource']}"),
                    name,
                    names,
                )
        for number, code in enumerate(row["services"]):
            if code != "*" and code not in index.services:
                yield unknown(
                    document, (*path, "services", number), Text(zh="事项", en="service"), code, list(index.services)
                )
