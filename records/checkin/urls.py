from django.urls import path

from records.checkin import views

urlpatterns = [
    path("appointments/<uuid:appointment>/check-in/", views.index, name="check_in"),
    path("appointments/<uuid:appointment>/check-in/finish/", views.finish, name="check_in_finish"),
    path("appointments/<uuid:appointment>/check-in/<slug:step>/", views.step, name="check_in_step"),
]
