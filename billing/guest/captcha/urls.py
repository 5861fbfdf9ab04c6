"""django-simple-captcha keeps the characters and knows these names; the views are our own."""

from django.urls import re_path

from billing.guest.captcha import views

urlpatterns = [
    re_path(r"^image/(?P<key>[0-9a-f]{40})/(?P<scheme>light|dark)/$", views.image, name="captcha-image"),
    re_path(r"^audio/(?P<key>[0-9a-f]{40})\.wav$", views.audio, name="captcha-audio"),
]
