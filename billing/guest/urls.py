from django.urls import path

from billing.guest import code_views, statement_views, views

urlpatterns = [
    path("pay/", views.find, name="guest_lookup"),
    path("pay/statement/", statement_views.open_bill, name="guest_statement"),
    path("pay/code/", code_views.ask, name="guest_code"),
    path("pay/code/enter/", code_views.enter, name="guest_code_enter"),
    path("pay/sample/", views.sample, name="sample_statement"),
    path("pay/<slug:handle>/amount/", views.amount, name="guest_amount"),
    path("pay/<slug:handle>/review/<slug:draft>/", views.review, name="guest_review"),
]
