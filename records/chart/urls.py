from django.urls import path

from records.chart import overview, views

urlpatterns = [
    path("", overview.summary, name="summary"),
    path("problems/", views.problems, name="problems"),
    path("history/", views.history, name="history"),
    path("allergies/", views.allergies, name="allergies"),
    path("immunizations/", views.immunizations, name="immunizations"),
    path("medications/", views.medications, name="medications"),
    path("visits/", views.visits, name="visits"),
    path("visits/<uuid:visit>/", overview.visit, name="visit"),
]
