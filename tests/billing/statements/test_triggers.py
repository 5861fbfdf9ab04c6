"""What PostgreSQL itself refuses of statements, whoever asks."""

import pytest
from django.db import DatabaseError, IntegrityError, connection

from billing.models import Statement, StatementLine
from billing.statements import triggers
from tests.factories.billing import VisitFactory, issue_statement

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def installed():
    with connection.schema_editor() as editor:
        triggers.install(None, editor)


@pytest.fixture
def statement() -> Statement:
    return issue_statement(VisitFactory(owed_cents=100_00).account)


@pytest.mark.parametrize("table", ["billing_statement", "billing_statementline"])
@pytest.mark.parametrize("change", ["UPDATE {} SET owed_cents = owed_cents", "DELETE FROM {}"])
def test_sent_rows_can_neither_change_nor_go(statement, table, change):
    with pytest.raises(DatabaseError, match="does not change"), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def test_a_line_cannot_be_added_later(statement):
    line = statement.lines.get()
    late = {field.attname: getattr(line, field.attname) for field in StatementLine._meta.fields if field.name != "id"}
    other = VisitFactory(account=statement.account)
    with pytest.raises(IntegrityError, match="2 of 1 lines"):
        StatementLine.objects.create(**late | {"position": 2, "visit_id": other.pk})
