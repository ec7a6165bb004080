"""The main job of the drills: apply for a withdrawal from the housing fund, and approve it in three departments."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from tests.drill.people import Fields, Page, Person

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "packs" / "yunzhou" / "services" / "housing-fund-withdrawal"
EXAMPLE = yaml.safe_load((SERVICE / "tests.yaml").read_text(encoding="utf-8"))["examples"][0]
CODE = yaml.safe_load((SERVICE / "service.yaml").read_text(encoding="utf-8"))["code"]
DEPARTMENTS: list[str] = EXAMPLE["expect"]["departments"]
LICENCES: list[str] = EXAMPLE["expect"]["licences"]


def _photograph() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (320, 240), "white").save(target, "PNG")
    return target.getvalue()


def begin(resident: Person) -> Page:
    """A draft with its answers saved and its material uploaded, ready to be handed in."""
    page = resident.get(f"/services/{CODE}/apply/")
    if not page.path.startswith("/apply/"):
        page = resident.post(page.path, page.form("key").form_values())
    # Conditional fields appear once what they depend on is chosen: fill, save, look again.
    for _round in range(3):
        page = resident.post(page.path, [*_filled(page), ("do", "save")])
    slot = EXAMPLE["uploads"][0]
    files = {f"file.{slot}": ("contract.png", "image/png", _photograph())}
    return resident.post(page.path, [*_filled(page), ("do", f"upload:{slot}")], files)


def submission(page: Page) -> Fields:
    """What the button 同意授权并一键申报 posts."""
    fields = _filled(page)
    form = page.form("revision")
    consents = [("consent", str(box.get("value"))) for box in form.xpath(".//input[@name='consent']")]
    return [*(pair for pair in fields if pair[0] != "consent"), *consents, ("do", "submit")]


def _filled(page: Page) -> Fields:
    form = page.form("revision")
    answers: dict[str, Any] = EXAMPLE["answers"]
    for name, value in answers.items():
        control = form.inputs[f"a.{name}"] if f"a.{name}" in form.inputs.keys() else None  # noqa: SIM118  lxml
        if control is None:
            continue
        if isinstance(control, list) or getattr(control, "type", "") == "radio":
            form.fields[f"a.{name}"] = str(value)
        else:
            control.value = _as_typed(name, value)
    return [(name, value) for name, value in form.form_values() if name != "do"]


def _as_typed(name: str, value: Any) -> str:
    """Money is typed in yuan; examples hold minor units."""
    return f"{value / 100:.2f}" if "amount" in name else str(value)


def case_number(page: Page) -> str:
    """The number of the case whose progress page this is."""
    assert page.path.startswith("/my/cases/"), f"{page.status} {page.url}: {page.words()[:600]}"
    return page.path.rstrip("/").rpartition("/")[2]


def decision(page: Page) -> Fields:
    """What 提交决定 posts for 同意."""
    form = page.form("outcome")
    form.fields["outcome"] = "approve"
    return form.form_values()  # type: ignore[no-any-return]
