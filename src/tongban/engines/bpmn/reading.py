"""Reading BPMN XML from strangers: no entities, no network, no document type, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from tongban.engines.bpmn.refusals import ProcessRefused, Refusal
from tongban.kernel.errors import Text

BPMN_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
TONGBAN_NAMESPACE = "https://tongban.example/bpmn/1"
MAX_BYTES = 4 * 1024 * 1024


def read_definitions(source: bytes) -> etree._Element:
    """The `definitions` element of a BPMN 2.0 file. Raises: ProcessRefused for anything else."""
    if len(source) > MAX_BYTES:
        raise _refused(
            "文件太大", "The file is too large", f"文件不超过 {MAX_BYTES // 1024 // 1024} MB", "Keep it under 4 MB"
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno
        raise _refused(
            f"XML 有语法错误，第 {line} 行",
            f"The XML has a syntax error on line {line}",
            "请用 BPMN 编辑器重新导出",
            "Export it again from a BPMN editor",
            line,
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(
            "不接受 DOCTYPE", "A DOCTYPE is not accepted", "请删去 DOCTYPE 和实体", "Remove it and its entities"
        )
    if root.tag != f"{{{BPMN_NAMESPACE}}}definitions":
        raise _refused(
            "根元素不是 BPMN 2.0 的 definitions",
            "The root is not a BPMN 2.0 definitions element",
            "请导出为 BPMN 2.0 XML",
            "Export it as BPMN 2.0 XML",
        )
    return root


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def is_bpmn(element: etree._Element) -> bool:
    """Whether an element belongs to BPMN itself (not to a vendor)."""
    return isinstance(element.tag, str) and etree.QName(element).namespace == BPMN_NAMESPACE


def extension_attributes(element: etree._Element) -> dict[str, str]:
    """An element's `tongban:` attributes, by local name."""
    prefix = f"{{{TONGBAN_NAMESPACE}}}"
    return {
        str(name).removeprefix(prefix): str(value)
        for name, value in element.attrib.items()
        if str(name).startswith(prefix)
    }


def _refused(zh: str, en: str, remedy_zh: str, remedy_en: str, line: int | None = None) -> ProcessRefused:
    refusal = Refusal("definitions", "file", Text(zh=zh, en=en), Text(zh=remedy_zh, en=remedy_en), line)
    return ProcessRefused([refusal])
