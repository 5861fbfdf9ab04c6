from django.urls import path

from billing.payers import door_views, invitation_views, link_views, people_views

urlpatterns = [
    path("pay/link/", door_views.landing, name="link"),
    path("pay/link/<slug:handle>/amount/", door_views.amount, name="link_amount"),
    path("pay/link/<slug:handle>/review/<slug:draft>/", door_views.review, name="link_review"),
    path("pay/invitation/", invitation_views.open_invitation, name="invitation_open"),
    path("billing/invitation/", invitation_views.accept, name="invitation"),
    path("billing/<uuid:account>/people/", people_views.index, name="people"),
    path("billing/<uuid:account>/people/invite/", people_views.invite, name="invite"),
    path("billing/<uuid:account>/people/invite/<uuid:draft>/", people_views.invite_review, name="invite_review"),
    path("billing/<uuid:account>/people/<uuid:person>/", people_views.person, name="person"),
    path("billing/<uuid:account>/people/<uuid:person>/end/", people_views.person_end, name="person_end"),
    path(
        "billing/<uuid:account>/people/invitations/<uuid:invitation>/end/",
        people_views.invitation_end,
        name="invitation_end",
    ),
    path("billing/<uuid:account>/links/", link_views.index, name="links"),
    path("billing/<uuid:account>/links/new/", link_views.new, name="link_new"),
    path("billing/<uuid:account>/links/new/<uuid:draft>/", link_views.confirm, name="link_confirm"),
    path("billing/<uuid:account>/links/<uuid:link>/", link_views.detail, name="pay_link"),
    path("billing/<uuid:account>/links/<uuid:link>/revoke/", link_views.revoke, name="link_revoke"),
]
