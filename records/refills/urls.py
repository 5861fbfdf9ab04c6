from django.urls import path

from records.refills import ask_views, views

urlpatterns = [
    path("refills/", views.index, name="refills"),
    path("refills/new/", ask_views.choose, name="refill_new"),
    path("refills/new/pharmacy/", ask_views.pharmacy, name="refill_pharmacy"),
    path("refills/new/comment/", ask_views.comment, name="refill_comment"),
    path("refills/new/review/", ask_views.review, name="refill_review"),
    path("refills/new/discard/", ask_views.discard, name="refill_discard"),
    path("refills/<uuid:refill>/", views.show, name="refill"),
    path("refills/<uuid:refill>/<uuid:item>/answer/", views.answer, name="refill_answer"),
    path("refills/<uuid:refill>/<uuid:item>/cancel/", views.cancel, name="refill_cancel"),
]
