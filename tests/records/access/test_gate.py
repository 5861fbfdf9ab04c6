import pytest
from django.db import DatabaseError, connection
from django.urls import reverse

from records.access import log
from records.access.models import AccessLogEntry, Grant
from records.access.permissions import ALL, Permission
from tests.factories.records import GrantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def problems(grant):
    return reverse("records:problems", kwargs={"patient": grant.patient.pk})


def test_opened_page_is_logged_with_who_as_what_and_from_where(client):
    grant = GrantFactory(kind=Grant.Kind.PARENT)
    client.force_login(grant.user)
    client.get(problems(grant), REMOTE_ADDR="203.0.113.9")
    entry = AccessLogEntry.objects.get()
    assert (entry.actor_id, entry.acting_as, entry.patient_id) == (grant.user.pk, "parent", grant.patient.pk)
    assert (entry.kind, entry.verb, entry.address) == ("problems", log.Verb.VIEW, "203.0.113.9")


def test_refusal_says_which_permission_and_is_logged(client):
    grant = GrantFactory(permissions=sorted(ALL - {Permission.PROBLEMS}))
    client.force_login(grant.user)
    response = client.get(problems(grant))
    assert response.status_code == 403
    assert str(Permission.PROBLEMS.label) in response.content.decode()
    assert AccessLogEntry.objects.get().verb == log.Verb.DENIED


def test_stranger_gets_the_same_answer_as_for_no_patient(client):
    grant, other = GrantFactory(), GrantFactory()
    client.force_login(other.user)
    assert client.get(problems(grant)).status_code == 404
    assert not AccessLogEntry.objects.exists()


def test_page_is_not_sent_when_the_log_cannot_be_written(client):
    grant = GrantFactory()
    client.force_login(grant.user)

    def refuse(execute, sql, params, many, context):
        if sql.startswith("INSERT") and AccessLogEntry._meta.db_table in sql:
            raise DatabaseError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = client.get(problems(grant))
    assert response.status_code == 503
    assert grant.patient.full_name not in response.content.decode()


def test_every_personal_page_forbids_storing(client):
    grant = GrantFactory()
    client.force_login(grant.user)
    assert client.get(problems(grant))["Cache-Control"] == "no-store"


def test_revoking_a_grant_takes_hold_at_once(client):
    grant = GrantFactory()
    client.force_login(grant.user)
    assert client.get(problems(grant)).status_code == 200
    grant.revoked_at = grant.starts_at
    grant.save()
    assert client.get(problems(grant)).status_code == 404
