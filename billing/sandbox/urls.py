from django.urls import path

from billing.sandbox import views

app_name = "sandbox"

urlpatterns = [
    path("checkout/<slug:ref>/", views.checkout, name="checkout"),
    path("checkout/<slug:ref>/pay/", views.pay, name="pay"),
    path("checkout/<slug:ref>/answer/", views.answer, name="answer"),
]
