from django.urls import path

from portal.demo import views

app_name = "demo"

urlpatterns = [
    path("sign-in/", views.sign_in_as, name="sign_in_as"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.mail, name="mail"),
]
