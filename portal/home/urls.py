from django.urls import path

from portal.home import views

urlpatterns = [
    path("", views.welcome, name="welcome"),
    path("home/", views.home, name="home"),
    path("home/stay/", views.stay, name="stay"),
    path("faqs/", views.faqs, name="faqs"),
    path("contact/", views.contact, name="contact"),
    path("privacy/", views.page, {"slug": "privacy"}, name="privacy"),
    path("accessibility/", views.page, {"slug": "accessibility"}, name="accessibility"),
    path("assistance/", views.page, {"slug": "assistance"}, name="assistance"),
    path("terms/", views.page, {"slug": "terms"}, name="terms"),
    path("nondiscrimination/", views.page, {"slug": "nondiscrimination"}, name="nondiscrimination"),
    path("languages/", views.languages, name="languages"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
