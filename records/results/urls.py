from django.urls import path

from records.results import views

urlpatterns = [
    path("results/", views.index, name="results"),
    path("results/reports/<uuid:report>/", views.report, name="report"),
    path("results/<uuid:result>/", views.result, name="result"),
    path("vitals/", views.vitals, name="vitals"),
    path("vitals/<uuid:vital>/", views.vital, name="vital"),
]
