import datetime as dt

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "messaging"

    def ready(self) -> None:
        from messaging.cases.actions import tell_guest
        from messaging.conversations import attachments, handling, telling
        from messaging.inbox import absences, mailings
        from records.work import periodic

        telling.tell_guests_by(tell_guest)
        periodic.register("messages.overdue", every=dt.timedelta(minutes=5), run=handling.escalate_overdue)
        periodic.register("messages.files", every=dt.timedelta(hours=1), run=attachments.throw_away_unheld)
        periodic.register("messages.mailings", every=dt.timedelta(minutes=5), run=mailings.send_waiting)
        periodic.register("messages.absences", every=dt.timedelta(minutes=15), run=absences.forward_work)
