"""Forms of 我的企业."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity import api as identity
from tongban.kernel.clock import utc_now
from tongban.surfaces.portal.account.forms import CityForm
from tongban.surfaces.portal.enterprises.words import SEATS


class ClaimForm(CityForm):
    """The credit code of the enterprise."""

    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    consent = forms.BooleanField(
        label=_("我同意把我的身份证号交市场监督管理局核对"), error_messages={"required": _("同意后才能核对")}
    )
    hints = {"credit_code": _("营业执照上的 18 位代码")}


class Radios(forms.RadioSelect):
    """Choices whose error leads to the first of them."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index) or f"{id_}_0"


class TickedServices(forms.CheckboxSelectMultiple):
    """Services that were ticked; an error about them leads to the search."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index) or "id_q"


class TickedField(forms.MultipleChoiceField):
    """Codes of services; whether they exist is the page's question."""

    widget = TickedServices

    def valid_value(self, value: Any) -> bool:
        return bool(str(value).strip())


class AppointForm(CityForm):
    """Who, as what, for which services, until when."""

    name = forms.CharField(label=_("姓名"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    id_number = forms.CharField(
        label=_("身份证号"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    phone = forms.CharField(
        label=_("或者手机号"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    role = forms.ChoiceField(label=_("身份"), widget=Radios)
    scope = forms.ChoiceField(
        label=_("能办哪些服务"), widget=Radios, choices=[("all", _("全部服务")), ("some", _("只办下面勾选的"))]
    )
    services = TickedField(label=_("能办哪些服务"), required=False)
    last_day = forms.DateField(label=_("到哪天为止"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    hints = {
        "name": _("和对方身份证上一样"),
        "id_number": _("18 位。身份证号和手机号填一个就行"),
        "phone": _("对方账号里确认过的手机号"),
        "last_day": _("最长 3 年，到期自动失效，随时可以提前结束"),
    }

    def __init__(self, *args: Any, seat: identity.Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role in reversed(identity.OPERATOR_ROLES) if identity.may_give(seat, role)]
        role_field, day = self.fields["role"], self.fields["last_day"]
        assert isinstance(role_field, forms.ChoiceField)
        role_field.choices = [(role.value, SEATS[role.value]) for role in roles]
        day.error_messages["invalid"] = _("请按 2026-12-31 这样填日期")
        day.widget.attrs["class"] = "in in-s"


def appoint_form(request: HttpRequest, seat: identity.Seat) -> AppointForm:
    """The form for a request: empty, submitted, or kept as it stands while somebody looks for services."""
    if request.method != "POST":
        return AppointForm(
            seat=seat,
            initial={"role": "operator", "scope": "all", "last_day": identity.default_last_day(utc_now())},
        )
    if "search" in request.POST:
        kept: dict[str, Any] = {name: request.POST.get(name, "") for name in AppointForm.base_fields}
        return AppointForm(seat=seat, initial={**kept, "scope": "some"})
    return AppointForm(request.POST, seat=seat)
