import datetime as dt

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "records"

    def ready(self) -> None:
        from django.conf import settings

        from records.access import log, throttle
        from records.appointments import booking, freed, reminders, visits
        from records.checkin import record_steps
        from records.notifications import digests, tasks
        from records.refills import handling as refills
        from records.results import telling
        from records.work import periodic

        record_steps.register_all()
        periodic.register("throttle.prune", every=dt.timedelta(hours=1), run=throttle.prune)
        periodic.register("notifications.sweep", every=dt.timedelta(minutes=5), run=tasks.sweep)
        periodic.register("notifications.digests", every=dt.timedelta(minutes=10), run=digests.send_due)
        periodic.register("appointments.offers", every=dt.timedelta(minutes=1), run=freed.expire_offers)
        periodic.register("appointments.waiting", every=dt.timedelta(hours=1), run=freed.end_past)
        periodic.register("appointments.holds", every=dt.timedelta(hours=1), run=booking.forget_held)
        periodic.register("appointments.visits", every=dt.timedelta(hours=1), run=visits.link_visits)
        periodic.register("appointments.reminders", every=dt.timedelta(minutes=10), run=reminders.remind)
        periodic.register("refills.late", every=dt.timedelta(minutes=15), run=refills.escalate_late)
        periodic.register("results.tell", every=dt.timedelta(minutes=15), run=telling.tell_new)
        periodic.register(
            "access_log.checkpoint",
            every=dt.timedelta(hours=1),
            run=lambda at: log.export_checkpoint(at, settings.ACCESS_LOG_CHECKPOINTS),
        )
