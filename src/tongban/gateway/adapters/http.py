"""Sources that are HTTP services answering JSON or XML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import msgspec
from lxml import etree
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError, RequestTimeoutError

from tongban.gateway.mapping import RawRecord, look_up
from tongban.gateway.problems import SourceBroken, SourceTimeout, SourceUnavailable
from tongban.wire.policy import HttpSource, Interface

MAX_ANSWER_BYTES = 4 * 1024 * 1024
_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class HttpAdapter:
    """One client to one department's service. It follows no redirect and uses no proxy."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str]) -> None:
        if urlsplit(base_url).scheme not in ("http", "https"):
            raise ValueError("a connection to an HTTP service is an http or https address")
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._client: Client = (
            ClientBuilder()
            .follow_redirects(False)
            .no_proxy()
            .referer(False)
            .connect_timeout(timedelta(seconds=2))
            .timeout(timedelta(seconds=10))
            .pool_max_idle_per_host(16)
            .user_agent("tongban-gateway")
            .build()
        )

    async def fetch(self, interface: Interface, parameters: Mapping[str, str]) -> Sequence[RawRecord]:
        """The records in the service's answer. Raises: SourceUnavailable, SourceTimeout, SourceBroken."""
        source = interface.source
        if not isinstance(source, HttpSource):
            raise SourceBroken(provider=interface.provider, reason="adapter")
        try:
            status, content = await self._send(source, parameters)
        except RequestTimeoutError as error:
            raise SourceTimeout(provider=interface.provider) from error
        except PyreqwestError as error:
            raise SourceUnavailable(provider=interface.provider, reason="connection") from error
        if status in source.not_found:
            return ()
        if status >= 500:
            raise SourceUnavailable(provider=interface.provider, reason="status")
        if status != 200 or content is None:
            raise SourceBroken(provider=interface.provider, reason="status" if content is not None else "size")
        try:
            document = parsed(content, source)
            if source.ok_path and str(look_up(document, source.ok_path)) not in source.ok_values:
                raise SourceUnavailable(provider=interface.provider, reason="answer-code")
            return records_in(document, source)
        except ValueError as error:
            raise SourceBroken(provider=interface.provider, reason="content") from error

    async def _send(self, source: HttpSource, parameters: Mapping[str, str]) -> tuple[int, bytes | None]:
        path = fill(source.path, parameters, lambda value: quote(value, safe=""))
        request = self._client.request(source.method, self._base_url + path)
        if source.query:
            request = request.query({key: fill(text, parameters, str) for key, text in source.query.items()})
        for key, value in source.headers.items():
            request = request.header(key, value)
        for key, value in self._headers.items():
            request = request.header(key, value, is_sensitive=True)
        if source.body is not None:
            escaped = _in_json if source.format == "json" else escape
            request = request.body_bytes(fill(source.body, parameters, escaped).encode())
            if not any(key.lower() == "content-type" for key in source.headers):
                request = request.header("content-type", f"application/{source.format}; charset=utf-8")
        async with request.build_streamed() as response:
            content = bytearray()
            while (chunk := await response.body_reader.read_chunk()) is not None:
                content += bytes(chunk)
                if len(content) > MAX_ANSWER_BYTES:
                    return response.status, None
            return response.status, bytes(content)

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.close()


def fill(template: str, parameters: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    """A template with its places filled by escaped parameters; other braces stay as they are."""
    return _PLACE.sub(
        lambda place: escaped(parameters[place[1]]) if place[1] in parameters else place[0],
        template,
    )


def parsed(content: bytes, source: HttpSource) -> Any:
    """An answer as nested mappings. Raises: ValueError when it is not in the declared format."""
    try:
        return msgspec.json.decode(content) if source.format == "json" else _xml_document(content)
    except msgspec.MsgspecError as error:
        raise ValueError("not JSON") from error


def records_in(document: Any, source: HttpSource) -> Sequence[RawRecord]:
    """The raw records in an answer. Raises: ValueError when what stands at the declared place is no record."""
    found = look_up(document, source.record) if source.record else document
    if found is None or found == "":
        return ()
    records = found if isinstance(found, list) else [found]
    if not all(isinstance(record, Mapping) for record in records):
        raise ValueError("records are not objects")
    return records


def _xml_document(content: bytes) -> dict[str, Any]:
    """The document as nested mappings: local names, attributes under ``@name``, repeated elements as lists.

    Neither entities nor a document type are accepted: both are ways to make a reader fetch or swell.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("not XML") from error
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise ValueError("a document type is not accepted")
    value = _xml_value(root)
    fields = value if isinstance(value, dict) else {}
    return {etree.QName(root).localname: value, **fields}


def _xml_value(element: Any) -> Any:
    fields: dict[str, Any] = {f"@{etree.QName(key).localname}": value for key, value in element.attrib.items()}
    for child in element:
        if not isinstance(child.tag, str):
            raise ValueError("only elements are accepted")
        name, value = etree.QName(child).localname, _xml_value(child)
        if name in fields:
            earlier = fields[name]
            fields[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            fields[name] = value
    text = (element.text or "").strip()
    if not fields:
        return text
    if text:
        fields["#text"] = text
    return fields


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
