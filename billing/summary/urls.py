from django.urls import path

from billing.summary import credit, views

urlpatterns = [
    path("billing/", views.index, name="summary"),
    path("billing/payments/<uuid:payment>/", views.payment, name="payment"),
    path("billing/of-visit/<uuid:encounter>/", views.of_encounter, name="visit_of_encounter"),
    path("billing/<uuid:account>/", views.account, name="account"),
    path("billing/<uuid:account>/visits/<uuid:visit>/", views.visit, name="visit"),
    path("billing/<uuid:account>/credit/", credit.credit, name="credit"),
    path("billing/<uuid:account>/pay/", views.pay, name="pay"),
    path("billing/<uuid:account>/pay/review/<slug:draft>/", views.review, name="pay_review"),
]
