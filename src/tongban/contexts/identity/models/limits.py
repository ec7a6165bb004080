"""Counts of attempts, shared by all processes."""

from __future__ import annotations

from django.db import models

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="限制猜测密码与验证码（只存哈希键和次数）", retention="窗口结束后 1 小时内删除")
class AttemptWindow(models.Model):
    """How often something was tried in a window of time. Written by one statement of ``adapters.counting`` only."""

    key = models.CharField(max_length=64, primary_key=True)
    used = models.IntegerField()
    tries = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "identity_attempt_window"
