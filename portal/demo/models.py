from django.db import models


class DemoMail(models.Model):
    """An e-mail the demo sent, kept for its mailbox."""

    sent_at = models.DateTimeField(auto_now_add=True)
    to = models.CharField(max_length=500)
    subject = models.CharField(max_length=500)
    body = models.TextField()

    class Meta:
        ordering = ["-sent_at", "-pk"]

    def __str__(self) -> str:
        return f"Demo mail {self.pk}"
