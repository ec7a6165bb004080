"""How a case is told: the conclusion first, then lanes with their days, then what happened, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.contexts.cases.domain.states import CaseState, TaskState
from tongban.engines.clock import Due
from tongban.kernel.errors import Text

_CELLS_IN_ROW = 5
_MAX_CELLS = 10
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """What is known of one department's step. Units: days in working days; `None` while not there yet."""

    department_name: Text
    state: TaskState | None
    days_before: int
    days_used: int
    planned_days: int | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a case as a whole."""

    state: CaseState
    waiting_department: Text
    total: int
    done: int
    are_departments: bool
    due: Due | None
    used_days: int
    late_days: int


def masked_name(name: str) -> str:
    """A name as lists show it: family name and stars."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def day_text(day: date, today: date) -> Text:
    """A day as people say it; the year only when it is not this one."""
    zh, en = f"{day.month} 月 {day.day} 日", f"{day.day} {_MONTHS[day.month - 1]}"
    return Text(zh=zh, en=en) if day.year == today.year else Text(zh=f"{day.year} 年 {zh}", en=f"{en} {day.year}")


def conclusion(facts: CaseFacts, today: date) -> Text:
    """The title of a case's page: the state, not the name of the page."""
    closing = _closed(facts)
    if closing is not None:
        return closing
    if facts.state is CaseState.RECEIVED:
        name = facts.waiting_department
        return Text(zh=f"已收件，等{name.zh}受理", en=f"Received, waiting for acceptance by {name.en}")
    progress = _progress(facts)
    if facts.late_days > 0:
        return Text(
            zh=f"{progress.zh}，比承诺晚了 {facts.late_days} 天",
            en=f"{progress.en}, {facts.late_days} day(s) later than promised",
        )
    if facts.state is CaseState.SUPPLEMENT:
        return Text(zh=f"{progress.zh}，等你补材料", en=f"{progress.en}, waiting for your documents")
    if facts.due is None:
        return progress
    by = day_text(facts.due.due_date, today)
    provisional = Text(zh="（暂定）", en=" (provisional)") if facts.due.is_provisional else Text(zh="", en="")
    return Text(
        zh=f"{progress.zh}，预计 {by.zh}前办好{provisional.zh}",
        en=f"{progress.en}, expected by {by.en}{provisional.en}",
    )


def lane_days(facts: LaneFacts) -> tuple[str, ...]:
    """The cells of a lane, one a working day since acceptance: `f` done, `h` under way, `-` not yet."""
    used = max(facts.days_used, 1) if facts.state not in {None, TaskState.CANCELLED} else 0
    mark = "h" if facts.state in {TaskState.OPEN, TaskState.SUPPLEMENT} else "f"
    cells = ["-"] * facts.days_before + [mark] * used
    if mark == "h" and used > 1:
        cells[facts.days_before : -1] = ["f"] * (used - 1)
    wanted = max(len(cells), facts.days_before + (facts.planned_days or 0), _CELLS_IN_ROW)
    size = min(-(-wanted // _CELLS_IN_ROW) * _CELLS_IN_ROW, _MAX_CELLS)
    return tuple((cells + ["-"] * size)[:size])


def lane_note(facts: LaneFacts) -> Text:
    """The words under a lane's cells."""
    planned_zh = (
        f"，承诺 {facts.planned_days} 天" if facts.planned_days else "，承诺当天" if facts.planned_days == 0 else ""
    )
    planned_en = (
        f", promised {facts.planned_days}"
        if facts.planned_days
        else ", promised the same day"
        if facts.planned_days == 0
        else ""
    )
    if facts.state is None:
        zh = f"承诺 {facts.planned_days} 天" if facts.planned_days else "还没开始"
        en = f"Promised: {facts.planned_days} day(s)" if facts.planned_days else "Not started yet"
        return Text(zh=zh, en=en)
    if facts.state is TaskState.CANCELLED:
        return Text(zh="随整件事停办", en="Stopped with the case")
    if facts.state is TaskState.SUPPLEMENT:
        return Text(
            zh=f"第 {max(facts.days_used, 1)} 天{planned_zh}，补件期间不计时",
            en=f"Day {max(facts.days_used, 1)}{planned_en}; the clock stands still",
        )
    if facts.state is TaskState.OPEN:
        return Text(zh=f"第 {max(facts.days_used, 1)} 天{planned_zh}", en=f"Day {max(facts.days_used, 1)}{planned_en}")
    if facts.days_used <= 1 and facts.days_before == 0:
        return Text(zh="当天办结", en="Done the same day")
    return Text(
        zh=f"用了 {max(facts.days_used, 1)} 天{planned_zh}", en=f"Took {max(facts.days_used, 1)} day(s){planned_en}"
    )


def _progress(facts: CaseFacts) -> Text:
    if facts.total and facts.done == facts.total:
        return Text(zh="部门都办完了，正在出结果", en="The departments are done, the result is being made")
    if facts.total <= 1:
        name = facts.waiting_department
        return Text(zh=f"{name.zh}正在办", en=f"{name.en} is working on it")
    if facts.are_departments:
        return Text(
            zh=f"{facts.total} 个部门办完 {facts.done} 个", en=f"{facts.done} of {facts.total} departments done"
        )
    return Text(zh=f"{facts.total} 步办完 {facts.done} 步", en=f"{facts.done} of {facts.total} steps done")


def _closed(facts: CaseFacts) -> Text | None:
    days = facts.used_days
    if facts.state is CaseState.APPROVED:
        return (
            Text(zh="当天办好", en="Done the same day")
            if days == 0
            else Text(zh=f"办好了，用了 {days} 天", en=f"Done, in {days} day(s)")
        )
    return {
        CaseState.REJECTED: Text(zh="没有批准", en="Not approved"),
        CaseState.NOT_ACCEPTED: Text(zh="没有受理", en="Not accepted"),
        CaseState.WITHDRAWN: Text(zh="你已撤回这件申请", en="You have withdrawn this application"),
        CaseState.LAPSED: Text(zh="材料逾期没有补，这件事终止了", en="Ended: the documents did not arrive in time"),
    }.get(facts.state)


_LOG: dict[str, Text] = {
    "case-opened": Text(zh="提交了申请", en="The application was submitted"),
    "case-accepted": Text(zh="已受理，开始计时", en="Accepted, the clock starts"),
    "case-deemed-accepted": Text(zh="逾期没有告知，视为自收件之日受理", en="Deemed accepted from the day of receipt"),
    "task-opened": Text(zh="已分给{department}", en="Passed to {department}"),
    "task-approve": Text(zh="{department}办完", en="{department} is done"),
    "task-reject": Text(zh="{department}不同意", en="{department} refused"),
    "supplement-requested": Text(zh="{department}要求补材料", en="{department} asked for documents"),
    "supplement-answered": Text(zh="补了材料，继续计时", en="Documents supplied, the clock runs again"),
    "declaration-read": Text(zh="{department}看了申报内容", en="{department} read the declaration"),
    "data-read": Text(zh="{department}向数源部门核验了数据", en="{department} checked data at its source"),
    "licence-issued": Text(zh="电子证照已签发", en="The e-licence was issued"),
    "notice-sent": Text(zh="已发通知", en="A notice was sent"),
    "source-failed": Text(zh="填表时有部门没有应答", en="A department did not answer while the form was filled"),
    "case-approved": Text(zh="办结，结果：通过", en="Closed: approved"),
    "case-rejected": Text(zh="办结，结果：没有批准", en="Closed: not approved"),
    "case-not-accepted": Text(zh="没有受理", en="Not accepted"),
    "case-withdrawn": Text(zh="已撤回", en="Withdrawn"),
    "case-lapsed": Text(zh="逾期没有补材料，终止办理", en="Ended: documents not supplied in time"),
}


def log_title(kind: str, department: Text) -> Text:
    """What a log entry says, in words."""
    words = _LOG.get(kind, Text(zh=kind, en=kind))
    return Text(
        zh=words.zh.replace("{department}", department.zh or "平台"),
        en=words.en.replace("{department}", department.en or "the platform"),
    )
