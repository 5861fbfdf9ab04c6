from django.urls import path

from records.notifications import views, webhooks

urlpatterns = [
    path("settings/notifications/", views.preferences, name="notification_preferences"),
    path("settings/notifications/mail/", views.try_mail_again, name="try_mail_again"),
    path("settings/notifications/phone/", views.phone, name="phone"),
    path("settings/notifications/phone/code/", views.phone_code, name="phone_code"),
    path("settings/notifications/phone/forget/", views.forget_phone, name="forget_phone"),
    path("notifications/", views.index, name="notifications"),
    path("notifications/read/", views.read_all, name="notifications_read"),
    path("notifications/<uuid:notification>/open/", views.open_one, name="notification_open"),
    path("unsubscribe/", views.unsubscribe, name="unsubscribe"),
    path("webhooks/mail/", webhooks.mail_report, name="mail_report"),
    path("webhooks/sms/", webhooks.sms_status, name="sms_status"),
]
