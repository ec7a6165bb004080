"""The form of the real-name check: the resident ID first, every other document one step away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity import api as identity
from tongban.surfaces.portal.account.forms import CityForm

RESIDENT_ID = "resident-id"
OTHER_FIELDS = ("document_type", "issuing_country", "birth_date", "sex")


class RealNameForm(CityForm):
    """Name and number as on the document; of other documents also what their number does not state."""

    name = forms.CharField(label=_("姓名"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    document_type = forms.ChoiceField(label=_("证件"), required=False, widget=forms.Select(attrs={"class": "in in-w"}))
    issuing_country = forms.ChoiceField(
        label=_("护照由哪个国家签发"), required=False, widget=forms.Select(attrs={"class": "in in-w"})
    )
    birth_date = forms.DateField(
        label=_("出生日期"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    sex = forms.ChoiceField(label=_("性别"), required=False, widget=forms.Select(attrs={"class": "in in-s"}))
    consent = forms.BooleanField(
        label=_("我同意把姓名和证件号码交公安局核对"), error_messages={"required": _("同意后才能核验")}
    )
    hints = {"name": _("和证件上一样"), "id_number": _("身份证 18 位，最后一位可能是 X")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        for name, choices in document_choices(language).items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["birth_date"].error_messages["invalid"] = _("请照证件填出生日期，例如 1990-05-17")
        self.order_fields(["name", "id_number", *OTHER_FIELDS, "consent"])

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What only other documents ask for."""
        return [self[name] for name in OTHER_FIELDS]

    @property
    def is_other(self) -> bool:
        """Whether another document was chosen, or something about one is wrong."""
        chosen = str(self["document_type"].value() or RESIDENT_ID)
        return chosen != RESIDENT_ID or any(self[name].errors for name in OTHER_FIELDS)

    def answers(self) -> dict[str, Any]:
        """What was typed, as the check takes it."""
        typed = self.cleaned_data
        is_passport = typed.get("document_type") == "passport"
        return {
            "name": typed["name"],
            "id_number": typed["id_number"],
            "document_type": typed.get("document_type") or RESIDENT_ID,
            "issuing_country": typed.get("issuing_country", "") if is_passport else "",
            "birth_date": typed.get("birth_date"),
            "sex": typed.get("sex") or "",
        }


def document_choices(language: str) -> dict[str, list[tuple[str, Any]]]:
    """The options of the selects that say which document it is."""
    return {
        "document_type": [
            (kind.type.value, kind.name.in_language(language)) for kind in identity.list_document_kinds()
        ],
        "issuing_country": [("", _("请选择")), *identity.list_countries(language)],
        "sex": [("", _("请选择")), ("male", _("男")), ("female", _("女"))],
    }
