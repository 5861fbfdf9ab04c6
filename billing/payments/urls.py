from django.urls import path

from billing.payments import views
from billing.payments.gateways.registry import gateway, is_open

urlpatterns = [
    path("pay/return/", views.payment_return, name="payment_return"),
    path("pay/receipt/<slug:handle>/", views.receipt, name="receipt"),
]
if is_open():
    urlpatterns += [path(f"webhooks/{gateway().code}/", views.notice, name=f"webhook_{gateway().code}")]
