from django.urls import path

from portal.accounts import views

urlpatterns = [
    path("activate/", views.activate, name="activate"),
    path("activate/account/", views.activate_account, name="activate_account"),
    path("activate/here/", views.activate_here, name="activate_here"),
    path("settings/", views.settings, name="settings"),
    path("signed-out/", views.signed_out, name="signed_out"),
]
