"""The form in which a department states its site."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongban.contexts.identity import api as identity
from tongban.infra.authorisation import Actor

KINDS = (
    ("site", _("网站：有自己的服务器，能保管密钥")),
    ("public", _("浏览器或手机里的程序：不能保管密钥")),
    ("high-risk", _("高风险系统：涉及资金、不动产、健康等，用密钥对和绑定令牌")),
)
LEVELS = (
    (identity.IdentityLevel.REGISTERED.value, _("不限：注册过就可以")),
    (identity.IdentityLevel.REAL_NAME.value, _("已实名")),
    (identity.IdentityLevel.IN_PERSON.value, _("当面核验过")),
)
SCOPES = {
    "profile": _("姓名和语言"),
    "phone": _("手机号"),
    "email": _("邮箱"),
    "identity": _("实名等级和证件类型（不含号码）"),
    "enterprise": _("为哪家企业办事"),
    "offline_access": _("退出后仍可续期（慎用）"),
}


class LinesField(forms.CharField):
    """A text area of which each line is one value."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3, "class": "in", "spellcheck": "false"}), **kwargs)

    def clean(self, value: Any) -> Any:
        return tuple(line.strip() for line in str(super().clean(value) or "").splitlines() if line.strip())


class SiteForm(forms.Form):
    """What a site states of itself. The context behind it decides what is right; its faults come to the field."""

    name_zh = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称（可不填）"), max_length=120, required=False)
    organisation = forms.ChoiceField(label=_("部门"))
    kind = forms.ChoiceField(label=_("哪一种"), choices=KINDS, widget=forms.RadioSelect, initial="site")
    redirect_uris = LinesField(label=_("登录后回到的地址"), help_text=_("一行一个，要和请求里的一字不差"))
    post_logout_redirect_uris = LinesField(
        label=_("退出后回到的地址（可不填）"), help_text=_("不填就是上面各地址和它们的首页"), required=False
    )
    backchannel_logout_uri = forms.CharField(
        label=_("退出通知地址（可不填）"),
        help_text=_("有人退出登录时，这里 5 秒内收到通知；收不到会一直重试"),
        required=False,
        max_length=1000,
    )
    sector = forms.CharField(
        label=_("归属域名（可不填）"),
        help_text=_("上面的地址分属几个域名时，填它们共同的上级；同一归属里，一个人的编号相同"),
        required=False,
        max_length=253,
    )
    jwks = forms.CharField(
        label=_("公钥（高风险系统必填）"),
        help_text=_("JWKS 格式，只放公钥，EC 或 RSA；改资料时不填就沿用现在的公钥"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "in", "spellcheck": "false"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("要知道什么"), choices=list(SCOPES.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    minimum_level = forms.ChoiceField(label=_("至少要哪一级实名"), choices=LEVELS)
    service_codes = LinesField(
        label=_("办哪些事项（可不填）"),
        help_text=_("一行一个实施编码。填了，受委托的人才能在委托范围内替别人登录"),
        required=False,
    )
    for_staff = forms.BooleanField(label=_("给工作人员用，不给群众用"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.code, row.name) for row in identity.list_organisations()]
        if "official" not in actor.roles:
            choices = [choice for choice in choices if choice[0] == actor.organisation]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Select):
                field.widget.attrs["class"] = "in"

    def clean_jwks(self) -> dict[str, Any] | None:
        """The pasted key set as JSON."""
        text = self.cleaned_data["jwks"].strip()
        if not text:
            return None
        try:
            found = json.loads(text)
        except ValueError as error:
            raise forms.ValidationError(_("这不是 JSON，请整段粘贴 JWKS")) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("JWKS 是一个对象，里面有 keys"))
        return found if "keys" in found else {"keys": [found]}

    def registration(self) -> identity.ClientRegistration:
        """The registration that the form states."""
        data = self.cleaned_data
        return identity.ClientRegistration(
            name_zh=data["name_zh"],
            name_en=data["name_en"],
            organisation=data["organisation"],
            redirect_uris=data["redirect_uris"],
            post_logout_redirect_uris=data["post_logout_redirect_uris"],
            backchannel_logout_uri=data["backchannel_logout_uri"].strip(),
            sector=data["sector"],
            is_public=data["kind"] == "public",
            is_high_risk=data["kind"] == "high-risk",
            for_staff=data["for_staff"],
            jwks=data["jwks"],
            scopes=("openid", *data["scopes"]),
            minimum_level=identity.IdentityLevel(data["minimum_level"]),
            service_codes=data["service_codes"],
        )

    @staticmethod
    def stated(client: identity.Client) -> dict[str, Any]:
        """What the form shows of a registered site. Keys are not shown again: a new set replaces them."""
        kind = "public" if client.is_public else ("high-risk" if client.is_high_risk else "site")
        return {
            "name_zh": client.name.zh,
            "name_en": "" if client.name.en == client.name.zh else client.name.en,
            "organisation": client.organisation,
            "kind": kind,
            "redirect_uris": "\n".join(client.redirect_uris),
            "post_logout_redirect_uris": "\n".join(client.post_logout_redirect_uris),
            "backchannel_logout_uri": client.backchannel_logout_uri,
            "sector": client.sector,
            "scopes": [scope for scope in client.scopes if scope in SCOPES],
            "minimum_level": client.minimum_level.value,
            "service_codes": "\n".join(client.service_codes),
            "for_staff": client.for_staff,
        }
