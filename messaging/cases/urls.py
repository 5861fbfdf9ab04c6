from django.urls import path

from messaging.cases import views

urlpatterns = [
    path("contact/write/", views.write, name="case_write"),
    path("contact/sent/", views.sent, name="case_sent"),
    path("contact/case/open/", views.open_link, name="case_open"),
    path("contact/case/link/", views.new_link, name="case_link"),
    path("contact/cases/<slug:handle>/", views.show, name="case"),
    path("contact/cases/<slug:handle>/files/<uuid:file>/", views.file, name="case_file"),
    path("contact/cases/<slug:handle>/reply/", views.reply, name="case_reply"),
]
