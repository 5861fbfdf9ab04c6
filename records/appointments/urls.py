from django.urls import path

from records.appointments import asking_views, booking_views, finding_views, views, waiting_views

urlpatterns = [
    path("appointments/", views.index, name="appointments"),
    path("appointments/new/", finding_views.new, name="appointment_new"),
    path("appointments/find/", finding_views.find, name="appointment_find"),
    path("appointments/hold/", booking_views.hold, name="appointment_hold"),
    path("appointments/release/", booking_views.release, name="appointment_release"),
    path("appointments/ask/", asking_views.ask, name="appointment_ask"),
    path("appointments/asked/<uuid:asked>/", asking_views.show, name="appointment_request"),
    path("appointments/asked/<uuid:asked>/take-back/", asking_views.take_back, name="appointment_take_back"),
    path("appointments/offers/<uuid:offer>/", waiting_views.offer, name="appointment_offer"),
    path("appointments/<uuid:appointment>/", views.show, name="appointment"),
    path("appointments/<uuid:appointment>/confirm/", booking_views.confirm, name="appointment_confirm"),
    path("appointments/<uuid:appointment>/calendar/", views.calendar, name="appointment_calendar"),
    path("appointments/<uuid:appointment>/coming/", views.coming, name="appointment_coming"),
    path("appointments/<uuid:appointment>/cancel/", views.cancel, name="appointment_cancel"),
    path("appointments/<uuid:appointment>/wait/", waiting_views.wait, name="appointment_wait"),
    path("appointments/<uuid:appointment>/stop-waiting/", waiting_views.stop_waiting, name="appointment_stop_waiting"),
]
