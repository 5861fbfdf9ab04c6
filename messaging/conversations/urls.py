from django.urls import path

from messaging.conversations import own_views, pages
from messaging.conversations.views import GET, GET_POST, THREAD, at_own, at_patient, routes

PATIENT = "patients/<uuid:patient>/messages/"
OWN = "messages/"
BILL = f"{OWN}about-bill/<uuid:account>/"
VISIT = f"{BILL}visits/<uuid:visit>/"

urlpatterns = [
    path(PATIENT, at_patient(pages.index, GET_POST), name="messages"),
    *routes(PATIENT, "", at_patient),
    path(f"{PATIENT}{THREAD}documents/<uuid:document>/", at_patient(pages.document, GET), name="document"),
    path(OWN, own_views.index, name="mine"),
    path(BILL, own_views.about_bill, name="about_account"),
    path(VISIT, own_views.about_bill, name="about_visit"),
    path(f"{VISIT}lines/<uuid:charge>/", own_views.about_bill, name="about_line"),
    *routes(OWN, "own_", at_own),
]
