"""Tables of the resource catalogue. Rows change only behind ``api``. They describe data and hold none."""

from __future__ import annotations

from django.db import models

from tongban.infra.personal_data import personal_data


@personal_data(category="none", purpose="name each item of data once for the whole city", retention="while in use")
class DataElement(models.Model):
    """A data element 数据元: what an item means, wherever it occurs."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, default="")
    type = models.CharField(max_length=20)

    class Meta:
        db_table = "resources_data_element"


@personal_data(
    category="none", purpose="catalogue what departments hold", retention="while the resource exists, then 10 years"
)
class Resource(models.Model):
    """An entry of the catalogue 资源目录."""

    code = models.CharField(primary_key=True, max_length=120)
    provider = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, default="")
    abstract = models.TextField(default="")
    abstract_en = models.TextField(default="")
    resource_class = models.CharField(max_length=200)
    sharing_class = models.CharField(max_length=20)
    condition = models.TextField(default="")
    legal_basis = models.TextField(default="")
    update_cycle = models.CharField(max_length=40, default="")
    subject_parameter = models.CharField(max_length=60, null=True)
    pack = models.CharField(max_length=60)
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "resources_resource"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sharing_class__in=["unconditional", "conditional", "withheld"]),
                name="resources_resource_sharing_class",
            ),
            models.CheckConstraint(
                condition=~models.Q(sharing_class="withheld") | ~models.Q(legal_basis=""),
                name="resources_resource_withheld_has_basis",
            ),
        ]


@personal_data(
    category="none", purpose="catalogue what departments hold", retention="while the resource exists, then 10 years"
)
class ResourceField(models.Model):
    """One item 信息项 of a resource."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200, default="")
    type = models.CharField(max_length=20)
    unit = models.CharField(max_length=20, default="")
    data_element = models.CharField(max_length=40, default="")
    sensitivity = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "resources_field"
        ordering = ["resource_id", "position"]
        constraints = [models.UniqueConstraint(fields=["resource", "name"], name="resources_field_name_once")]


@personal_data(category="none", purpose="tell gateways how a resource is read", retention="while the resource exists")
class Interface(models.Model):
    """One operation of a resource. ``definition`` is the wire structure that gateways load."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="interfaces")
    operation = models.CharField(max_length=60)
    adapter = models.CharField(max_length=20)
    connection = models.CharField(max_length=60)
    definition = models.JSONField()

    class Meta:
        db_table = "resources_interface"
        ordering = ["resource_id", "operation"]
        constraints = [models.UniqueConstraint(fields=["resource", "operation"], name="resources_interface_once")]
