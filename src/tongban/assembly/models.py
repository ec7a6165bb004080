"""What assembly itself remembers: which parts of which pack are loaded, so that a second load changes nothing."""

from __future__ import annotations

from django.db import models

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="know which files of a city pack are in force", retention="as long as the pack")
class LoadedPart(models.Model):
    """One part of a pack (a kind of file, or one service) and the fingerprint of what was loaded last."""

    pack = models.CharField(max_length=64)
    part = models.CharField(max_length=160)
    fingerprint = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "assembly_loaded_part"
        constraints = [models.UniqueConstraint(fields=["pack", "part"], name="assembly_loaded_part_once")]
