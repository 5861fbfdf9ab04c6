from django.urls import include, path

app_name = "billing"

urlpatterns = [
    path("", include("billing.guest.urls")),
    path("", include("billing.payers.urls")),
    path("", include("billing.payments.urls")),
    path("", include("billing.statements.urls")),
    path("", include("billing.summary.urls")),
]
