from django.urls import include, path

from records.appointments import link_views

app_name = "records"

urlpatterns = [
    path("", include("records.notifications.urls")),
    path("appointments/coming/", link_views.coming, name="appointment_confirm_by_link"),
    path("patients/<uuid:patient>/", include("records.chart.urls")),
    path("patients/<uuid:patient>/", include("records.refills.urls")),
    path("patients/<uuid:patient>/", include("records.results.urls")),
    path("patients/<uuid:patient>/", include("records.appointments.urls")),
    path("patients/<uuid:patient>/", include("records.checkin.urls")),
]
