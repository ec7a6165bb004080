"""Browsers whose session was ended for them, so that they can be told."""

from __future__ import annotations

from django.db import models

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="向被退出的浏览器说明原因（只存会话的哈希）", retention="1 天")
class EndedBrowser(models.Model):
    """A browser's session that was ended elsewhere, and why (``Ending``): it comes once more with its cookie."""

    key_hash = models.CharField(max_length=64, primary_key=True)
    because = models.CharField(max_length=20)
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_ended_browser"
