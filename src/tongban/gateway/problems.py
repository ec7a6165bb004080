"""Why a read is not answered. Each has a stable code, a status, and words in both languages with what to do."""

from __future__ import annotations

from typing import ClassVar, Literal

from tongban.kernel.errors import Text, TongbanError


class GatewayProblem(TongbanError):
    """A read that is not answered; ``outcome`` says how the record names it."""

    outcome: ClassVar[Literal["refused", "failed"]] = "refused"
    text: ClassVar[Text]
    advice: ClassVar[Text]

    def __init__(self, **details: object) -> None:
        super().__init__(self.text, remedy=self.advice, **details)


class RouteUnknown(GatewayProblem):
    code, status = "route-unknown", 404
    text = Text(zh="没有这个地址", en="There is nothing at this address")
    advice = Text(zh="请用 POST /v1/资源代码/操作", en="Use POST /v1/{resource}/{operation}")


class MethodRefused(GatewayProblem):
    code, status = "method-refused", 405
    text = Text(zh="读取数据只接受 POST", en="Reads accept POST only")
    advice = Text(zh="请用 POST，参数放在请求体里", en="Use POST with the parameters in the body")


class BodyTooLarge(GatewayProblem):
    code, status = "body-too-large", 413
    text = Text(zh="请求体超过 64 KB", en="The request body is over 64 KB")
    advice = Text(zh="请分几次读取", en="Split the read")


class RequestMalformed(GatewayProblem):
    code, status = "request-malformed", 422
    text = Text(zh="请求体不是约定的格式", en="The request body is not of the agreed form")
    advice = Text(
        zh='应为 {"parameters": {名称: 文字}, "fields": [名称]}',
        en='Send {"parameters": {name: text}, "fields": [name]}',
    )


class ConsumerUnknown(GatewayProblem):
    code, status = "consumer-unknown", 401
    text = Text(zh="不认识调用方", en="The caller is not known")
    advice = Text(zh="请用有效的调用凭证", en="Send a valid bearer token")


class TicketMissing(GatewayProblem):
    code, status = "ticket-missing", 401
    text = Text(zh="没有用途凭证", en="There is no purpose ticket")
    advice = Text(zh="请先开立用途，带上 Purpose-Ticket", en="Open a purpose first and send its Purpose-Ticket")


class TicketInvalid(GatewayProblem):
    code, status = "ticket-invalid", 401
    text = Text(zh="用途凭证无效", en="The purpose ticket is not valid")
    advice = Text(zh="请重新开立用途", en="Open the purpose again")


class TicketExpired(GatewayProblem):
    code, status = "ticket-expired", 401
    text = Text(zh="用途凭证已过期", en="The purpose ticket has expired")
    advice = Text(zh="请为仍然有效的用途换一张新凭证", en="Get a fresh ticket for the purpose if it is still open")


class PurposeClosed(GatewayProblem):
    code, status = "purpose-closed", 403
    text = Text(zh="这个用途已经结束或被收回", en="This purpose has ended or was withdrawn")
    advice = Text(zh="需要时请重新开立用途", en="Open a new purpose if one is needed")


class ConsumerMismatch(GatewayProblem):
    code, status = "consumer-mismatch", 403
    text = Text(zh="用途凭证不是开给这个调用方的", en="The ticket was not made for this caller")
    advice = Text(zh="请用自己的用途凭证", en="Use a ticket made for you")


class ResourceUnknown(GatewayProblem):
    code, status = "resource-unknown", 404
    text = Text(zh="没有这个数据资源或操作", en="There is no such resource or operation")
    advice = Text(zh="请核对资源目录", en="Check the resource catalogue")


class ResourceWithheld(GatewayProblem):
    code, status = "resource-withheld", 403
    text = Text(zh="该资源依法不予共享", en="This resource is withheld by law")
    advice = Text(zh="请向数源部门咨询", en="Ask the owning department")


class ParameterRefused(GatewayProblem):
    code, status = "parameter-refused", 422
    text = Text(zh="参数缺少、多余或格式不对", en="A parameter is missing, unexpected or malformed")
    advice = Text(zh="请对照接口的参数要求", en="Check the parameters of the interface")


class SubjectMismatch(GatewayProblem):
    code, status = "subject-mismatch", 403
    text = Text(zh="只能读取用途所指本人的数据", en="Only data of the purpose's own subject may be read")
    advice = Text(zh="请为该当事人另开用途", en="Open a purpose for that person")


class ReadNotInPurpose(GatewayProblem):
    code, status = "read-not-in-purpose", 403
    text = Text(zh="用途里没有这项读取", en="The purpose does not name this read")
    advice = Text(zh="请在开立用途时写明资源和字段", en="Name the resource and fields when opening the purpose")


class FieldUnknown(GatewayProblem):
    code, status = "field-unknown", 422
    text = Text(zh="资源里没有这个字段", en="The resource has no such field")
    advice = Text(zh="请核对资源目录中的字段", en="Check the fields in the resource catalogue")


class GrantMissing(GatewayProblem):
    code, status = "grant-missing", 403
    text = Text(zh="没有相应的共享授权", en="No grant covers this read")
    advice = Text(
        zh="请按资源、字段、事项和用途申请授权", en="Request a grant for the resource, fields, service and purpose"
    )


class RateExceeded(GatewayProblem):
    code, status = "rate-exceeded", 429
    text = Text(zh="超过了授权的调用频率", en="The granted rate is exceeded")
    advice = Text(zh="请一分钟后再试", en="Try again in a minute")


class PolicyUnavailable(GatewayProblem):
    code, status = "policy-unavailable", 503
    text = Text(zh="网关没有有效的授权策略，暂停一切读取", en="The gateway has no valid policy and refuses all reads")
    advice = Text(zh="请稍后再试；运维请查看 /readyz", en="Try again later; operators, look at /readyz")


class Overloaded(GatewayProblem):
    code, status, outcome = "overloaded", 503, "failed"
    text = Text(zh="网关繁忙", en="The gateway is busy")
    advice = Text(zh="请稍后再试", en="Try again shortly")


class SourceUnavailable(GatewayProblem):
    code, status, outcome = "source-unavailable", 503, "failed"
    text = Text(zh="数源部门的系统没有应答", en="The department's system does not answer")
    advice = Text(zh="请稍后再试，或由当事人自己填写", en="Try again later, or let the person type the value")


class SourceTimeout(GatewayProblem):
    code, status, outcome = "source-timeout", 504, "failed"
    text = Text(zh="数源部门的系统应答太慢", en="The department's system is too slow")
    advice = Text(zh="请稍后再试，或由当事人自己填写", en="Try again later, or let the person type the value")


class SourceBroken(GatewayProblem):
    code, status, outcome = "source-broken", 502, "failed"
    text = Text(zh="数源部门的系统返回了不能识别的内容", en="The department's system answered something unreadable")
    advice = Text(zh="请通知数源部门检查接口", en="Have the department check its interface")


class RecordUnavailable(GatewayProblem):
    code, status, outcome = "record-unavailable", 503, "failed"
    text = Text(
        zh="调用记录暂时无法写入，因此不放出数据", en="The exchange record cannot be written, so nothing is released"
    )
    advice = Text(zh="请稍后再试", en="Try again later")


class Unexpected(GatewayProblem):
    code, status, outcome = "unexpected", 500, "failed"
    text = Text(zh="网关出了意外错误，没有放出数据", en="The gateway failed unexpectedly; nothing was released")
    advice = Text(zh="请把追踪号告诉运维", en="Give the trace number to the operators")
