"""What is said when a login ticket does not serve, and what to do then."""

from __future__ import annotations

from tongban.kernel.errors import Conflict, Forbidden, NotFound, Text

_SCAN_AGAIN = Text(zh="请扫屏幕上新的码", en="Scan the new code on the screen")


class TicketUnknown(NotFound):
    """No ticket has this code, or it is not this device's."""

    code = "login-ticket-unknown"

    def __init__(self) -> None:
        super().__init__(Text(zh="没有这个登录码", en="There is no such sign-in code"), remedy=_SCAN_AGAIN)


class TicketExpired(Conflict):
    """Its minute is over."""

    code = "login-ticket-expired"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="这个码过期了，只能用 60 秒", en="This code has expired: it holds for 60 seconds"),
            remedy=_SCAN_AGAIN,
        )


class TicketTaken(Conflict):
    """Somebody else scanned it first."""

    code = "login-ticket-taken"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="这个码已经被别的账号或手机扫过", en="Another account or phone has scanned this code"),
            remedy=Text(
                zh="请看着屏幕换一个新码再扫；不是你要登录的，就不用管",
                en="Get a new code on the screen and scan that; if you did not ask to sign in, do nothing",
            ),
        )


class TicketUsed(Conflict):
    """It has served."""

    code = "login-ticket-used"

    def __init__(self) -> None:
        super().__init__(Text(zh="这个码已经用过了", en="This code has been used"), remedy=_SCAN_AGAIN)


class TicketRefused(Conflict):
    """The person said no."""

    code = "login-ticket-refused"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="手机上没有同意这次登录", en="This was refused on the phone"),
            remedy=Text(zh="要登录，请换一个新码再扫", en="To sign in, get a new code and scan that"),
        )


class TicketUndecided(Conflict):
    """Nobody has allowed it yet."""

    code = "login-ticket-undecided"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="手机上还没有同意", en="It has not been approved on the phone yet"),
            remedy=Text(zh="请先在手机上点“同意”", en="Approve it on the phone first"),
        )


class ApproverGone(Conflict):
    """The session that allowed it has ended meanwhile."""

    code = "login-ticket-approver-gone"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="手机上的登录已经退出", en="The phone has been signed out"),
            remedy=Text(zh="请在手机上重新登录，再扫新码", en="Sign in on the phone again and scan a new code"),
        )


class ApproverTooWeak(Forbidden):
    """The account has a second factor that this session has not shown."""

    code = "login-ticket-approver-too-weak"

    def __init__(self) -> None:
        super().__init__(
            Text(
                zh="这台手机登录时还没有两步验证，不能替别的设备登录",
                en="This phone signed in before two-step sign-in was on, so it cannot sign in other devices",
            ),
            remedy=Text(
                zh="先在手机上退出，用密码加验证码重新登录，再扫新码",
                en="Sign out on the phone, sign in again with password and code, then scan a new code",
            ),
        )


class StaffNotOffered(Forbidden):
    """Staff sign in at their own door, with their second factor."""

    code = "login-ticket-not-for-staff"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="工作人员账号不能扫码登录", en="Staff accounts do not sign in by QR code"),
            remedy=Text(
                zh="请退出工作人员账号，换自己的居民账号再扫", en="Sign out, and scan with your own resident account"
            ),
        )


class RealNameNeeded(Forbidden):
    """At a window a name is asked for, and this account has none yet."""

    code = "login-ticket-real-name-needed"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="你的账号还没有实名，窗口认不出你", en="Your account has no confirmed identity to show"),
            remedy=Text(
                zh="请把身份证交给窗口人员，或先在手机上实名核验",
                en="Hand over your ID card, or confirm your identity first",
            ),
        )


class PlaceUnknown(Conflict):
    """Nobody has registered where this screen stands, and a place is never guessed."""

    code = "login-ticket-place-unknown"

    def __init__(self) -> None:
        super().__init__(
            Text(zh="还没有登记你在哪个大厅、哪个窗口", en="Your hall and window are not registered"),
            remedy=Text(
                zh="请大厅管理员登记窗口电脑，或在你的账号里登记大厅和窗口；现在请先看身份证",
                en="Have this computer enrolled, or hall and window put on your account; use the ID card now",
            ),
        )
