"""The door of notices: telling people something, and what they were told."""

from tongban.contexts.notices.api.inbox import Notice, count_unread, latest, list_notices, mark_read, notify
from tongban.contexts.notices.api.sending import DeliveryReport, deliver, deliver_due, forget_old, list_deliveries
from tongban.contexts.notices.api.templates import TemplateUnknown, check_templates, load_templates, template_codes

__all__ = [
    "DeliveryReport",
    "Notice",
    "TemplateUnknown",
    "check_templates",
    "count_unread",
    "deliver",
    "deliver_due",
    "forget_old",
    "latest",
    "list_deliveries",
    "list_notices",
    "load_templates",
    "mark_read",
    "notify",
    "template_codes",
]
