"""Store the outbox, tasks that wait to be handed to the broker, and the signs of processes and services."""

import uuid

from django.db import models
from django.utils import timezone

from .perimeter import Perimeter, holds, somebody, system, where


class Message(models.Model):
    """A task for the broker, written in the transaction that asks for it.

    The row is deleted once the broker has the task; one that is given up stays, with ``given_up_at``. Its key is made here, because whoever may write a row may
    not read it back. ``arguments`` are ids and addresses of this site, never content. Each attempt moves
    ``not_before`` on, so that an attempt that was cut off is made again. ``failures`` counts the attempts that
    failed though the broker answers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=100)
    arguments = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)
    not_before = models.DateTimeField(default=timezone.now, db_index=True)

    perimeter = Perimeter(
        "message",
        insert=somebody()
        | where("(SELECT palier_organisation()) IS NOT NULL", "a program acts")
        | where("(SELECT palier_system()) IS NOT NULL", "the product acts"),
        select=system("outbox"),
        update=system("outbox"),
        delete=system("outbox"),
    )

    class Meta:
        ordering = ("not_before", "id")

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"


class Sign(models.Model):
    """When a process or a service of the installation was last asked to answer, and when it did.

    ``problem`` is a word that the writer of the sign defines; ``failing_since`` is the first of the answers with
    a problem that nothing but such answers followed.
    """

    name = models.CharField(max_length=20, primary_key=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=20, blank=True)
    failing_since = models.DateTimeField(null=True)

    perimeter = Perimeter(
        "sign",
        select=holds("palier.admin_of", "they are an administrator") | system("installation"),
        write=system("installation"),
    )

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
