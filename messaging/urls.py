from django.urls import include, path

app_name = "messaging"

urlpatterns = [
    path("", include("messaging.conversations.urls")),
    path("", include("messaging.cases.urls")),
]
