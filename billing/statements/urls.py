from django.urls import path

from billing.statements import views

urlpatterns = [
    path("billing/<uuid:account>/statements/", views.index, name="statements"),
    path("billing/<uuid:account>/statements/<uuid:statement>/", views.show, name="statement"),
    path("billing/<uuid:account>/statements/<uuid:statement>/pdf/", views.pdf, name="statement_pdf"),
]
