"""Addresses of the account pages. Names that start with ``account_`` or ``mfa_`` are those the library looks up."""

from __future__ import annotations

from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _

from tongban.surfaces.portal.account import acting, my, preferences, qr_sign_in, recover, security, sign_in
from tongban.surfaces.portal.account.real_name import real_name
from tongban.surfaces.portal.account.sign_in import at_the_door, for_account, words

_RESET_SENT = words(
    _("请查收邮件"),
    _("如果这个邮箱有账号，几分钟内会收到找回密码的链接，1 小时内有效。没收到请看看垃圾邮件，或换一个邮箱再试。"),
    _("回到登录"),
)
_RESET_DONE = words(_("密码已修改"), _("请用新密码登录。其他设备上的登录都已退出。"), _("去登录"))
_RECOVERED = words(_("新密码已设好"), _("请用新密码登录。登录后建议再开启两步验证，并填一个常用邮箱。"), _("去登录"))
_INACTIVE = words(_("这个账号已停用"), _("需要恢复请带身份证到任一政务服务大厅，或打 12345。"), _("回首页"), "/")
_MAIL_SENT = words(_("请确认邮箱"), _("确认邮件已发出，打开里面的链接就行。"), _("继续"), "/my/")

urlpatterns = [
    path("sign-in/", at_the_door(sign_in.SignIn), name="account_login"),
    path("sign-in/qr/", qr_sign_in.qr_sign_in, name="qr_sign_in"),
    path("sign-in/qr/state", qr_sign_in.qr_state, name="qr_sign_in_state"),
    path("qr/<slug:code>/", qr_sign_in.allow, name="qr_allow"),
    path("sign-up/", at_the_door(sign_in.SignUp), name="account_signup"),
    path("sign-out/", at_the_door(sign_in.SignOut), name="account_logout"),
    path("staff/sign-in/", at_the_door(sign_in.StaffSignIn), name="staff_sign_in"),
    path("staff/", sign_in.staff_home, name="staff_home"),
    path("session-expired/", sign_in.session_expired, name="session_expired"),
    path("account/second-factor/", at_the_door(sign_in.SecondFactor), name="mfa_authenticate"),
    path("account/real-name/", real_name, name="real_name"),
    path("account/inactive/", _INACTIVE, name="account_inactive"),
    path("account/confirm-email/", _MAIL_SENT, name="account_email_verification_sent"),
    re_path(
        r"^account/confirm-email/(?P<key>[-:\w]+)/$", at_the_door(security.ConfirmEmail), name="account_confirm_email"
    ),
    path("account/password/reset/", at_the_door(sign_in.ResetPassword), name="account_reset_password"),
    path("account/password/reset/sent/", _RESET_SENT, name="account_reset_password_done"),
    path("account/password/reset/done/", _RESET_DONE, name="account_reset_password_from_key_done"),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        at_the_door(sign_in.ResetPasswordByLink),
        name="account_reset_password_from_key",
    ),
    path("account/lost/", recover.lost, name="account_lost"),
    path("account/recover/", recover.recover, name="account_recover"),
    path("account/recover/password/", recover.new_password, name="account_recover_password"),
    path("account/recover/done/", _RECOVERED, name="account_recovered"),
    path("account/again/", for_account(security.PasswordAgain), name="account_reauthenticate"),
    path("account/again/code/", for_account(security.FactorAgain), name="mfa_reauthenticate"),
    path("my/", my.my, name="my"),
    path("my/acting/", acting.acting, name="my_acting"),
    path("my/acting/switch", acting.switch, name="my_acting_switch"),
    path("my/profile/", my.profile, name="my_profile"),
    path("my/profile/email/", for_account(security.ChangeEmail), name="account_email"),
    path("my/notices/", my.inbox, name="my_notices"),
    path("my/notices/read", my.mark_read, name="my_notices_read"),
    path("my/security/", for_account(security.Security), name="mfa_index"),
    path("my/security/password/", for_account(security.ChangePassword), name="account_change_password"),
    path("my/security/totp/", for_account(security.EnrolFactor), name="mfa_activate_totp"),
    path("my/security/totp/remove/", for_account(security.RemoveFactor), name="mfa_deactivate_totp"),
    path("my/security/codes/", for_account(security.RecoveryCodes), name="mfa_view_recovery_codes"),
    path("my/security/codes/new/", for_account(security.NewRecoveryCodes), name="mfa_generate_recovery_codes"),
    path("my/security/codes/file/", for_account(security.RecoveryCodesFile), name="mfa_download_recovery_codes"),
    path("prefs/mode", preferences.set_mode, name="set_mode"),
    path("prefs/language", preferences.set_language, name="set_language"),
]
