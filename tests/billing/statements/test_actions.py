"""When a statement is issued, what it takes down, and that it stays so."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from billing.ledger.choices import AccessRole, AccountKind, Hold, Standing
from billing.models import GuarantorAccount, Statement, StatementLine, StatementLink
from billing.payments.payable import payable_of
from billing.payments.states import AttemptState
from billing.statements import actions
from billing.statements.due import due_of, due_words
from billing.statements.models import Unchangeable
from records.models import Address
from records.notifications.models import Notification
from tests.factories.billing import (
    AccessFactory,
    AccountFactory,
    AttemptFactory,
    GuarantorFactory,
    VisitFactory,
    guest,
    issue_statement,
)
from tests.factories.records import PatientFactory, UserFactory
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = dt.datetime(2026, 11, 12, 14, tzinfo=dt.UTC)


@pytest.fixture
def account():
    return AccountFactory(guarantor=GuarantorFactory(given_name="Ana", family_name="Novák"), number="10204417")


def issue(account, at=NOW):
    return actions.issue(account_id=account.pk, at=at)


class TestWhen:
    def test_what_is_owed_is_asked_for_within_the_settings_days(self, account):
        VisitFactory(account=account, owed_cents=144_96)
        statement = issue(account)
        assert statement.due_cents == 144_96
        assert statement.issued_date == dt.date(2026, 11, 12)
        assert statement.due_date == dt.date(2026, 11, 12) + dt.timedelta(days=settings.STATEMENT_DUE_DAYS)
        assert statement.number.startswith("S")

    def test_again_within_the_cycle_gives_nothing_and_after_it_the_next(self, account):
        VisitFactory(account=account, owed_cents=144_96)
        assert issue(account).cycle == 1
        assert issue(account, NOW + dt.timedelta(days=settings.STATEMENT_EVERY_DAYS - 1)) is None
        assert issue(account, NOW + dt.timedelta(days=settings.STATEMENT_EVERY_DAYS)).cycle == 2

    @pytest.mark.parametrize("cents", [0, 49])
    def test_nothing_or_next_to_nothing_is_not_asked_for(self, account, cents):
        VisitFactory(account=account, owed_cents=cents)
        assert issue(account) is None

    @pytest.mark.parametrize("hold", [Hold.PLAN, Hold.AGENCY, Hold.CONTESTED, Hold.CONFIDENTIAL])
    def test_what_is_held_alone_is_not_asked_for(self, account, hold):
        VisitFactory(account=account, owed_cents=90_00, hold=hold)
        assert issue(account) is None

    @pytest.mark.parametrize(
        "fields",
        [
            {"kind": AccountKind.WORKERS_COMPENSATION},
            {"standing": Standing.AGENCY},
            {"standing": Standing.GUARANTOR_NEEDED},
        ],
    )
    def test_accounts_that_somebody_else_deals_with_get_none(self, account, fields):
        VisitFactory(account=account, owed_cents=90_00)
        for name, value in fields.items():
            setattr(account, name, value)
        account.save()
        assert issue(account) is None

    def test_an_estate_gets_one_in_its_name(self, account):
        VisitFactory(account=account, owed_cents=90_00)
        account.standing = Standing.ESTATE
        account.save()
        assert issue(account).name == "Estate of Ana Novák"


class TestWhat:
    @pytest.mark.parametrize(("credit", "asked"), [(44_96, 100_00), (144_95, 0), (200_00, 0)])
    def test_it_asks_for_what_its_square_code_asks_for(self, account, credit, asked):
        VisitFactory(account=account, owed_cents=144_96)
        GuarantorAccount.objects.filter(pk=account.pk).update(credit_cents=credit)
        account.refresh_from_db()
        statement = issue(account)
        assert (statement.due_cents if statement else 0) == asked == payable_of(account, payer=guest()).now_cents

    def test_it_takes_down_the_account_as_it_stands(self, account):
        leo = PatientFactory(given="Leo Maria", family="Novák")
        VisitFactory(
            account=account, patient=leo, number="7000213305", owed_cents=144_96, service_date=dt.date(2026, 9, 1)
        )
        VisitFactory(account=account, pending_cents=420_00, service_date=dt.date(2026, 9, 2))
        VisitFactory(account=account, owed_cents=800_00, hold=Hold.PLAN, service_date=dt.date(2026, 9, 3))
        VisitFactory(account=account, owed_cents=165_00, hold=Hold.CONFIDENTIAL)
        VisitFactory(account=account)
        AttemptFactory(account=account, amount_cents=44_96, state=AttemptState.PROCESSING)
        statement = issue(account)
        assert (statement.owed_cents, statement.held_cents, statement.processing_cents) == (944_96, 800_00, 44_96)
        assert (statement.due_cents, statement.pending_cents, statement.line_count) == (100_00, 420_00, 3)
        lines = list(statement.lines.all())
        assert [(line.owed_cents, line.pending_cents, line.hold) for line in lines] == [
            (144_96, 0, ""),
            (0, 420_00, ""),
            (800_00, 0, "plan"),
        ]
        assert (lines[0].visit_number, lines[0].first_name, lines[0].place) == (
            "7000213305",
            "Leo",
            lines[0].visit.place,
        )

    def test_it_goes_where_the_guarantor_lives_now(self, account):
        account.guarantor.patient = PatientFactory()
        account.guarantor.save()
        for use, street in (("old", "1 Gone Road"), ("home", "12 Delphinium Way")):
            Address.objects.create(
                patient=account.guarantor.patient,
                use=use,
                lines=street,
                city="Hartford",
                state="CT",
                postal_code="06105",
            )
        VisitFactory(account=account, owed_cents=90_00)
        assert issue(account).addressee == "Ana Novák\n12 Delphinium Way\nHartford, CT 06105"

    def test_the_guarantors_own_sign_ins_are_told_and_no_amount_or_visit(self, account):
        visit = VisitFactory(account=account, owed_cents=90_00)
        own = AccessFactory(account=account)
        AccessFactory(account=account, role=AccessRole.PAYER_LINES)
        AccessFactory(account=account, user=UserFactory(), revoked_at=NOW)
        statement = issue(account)
        told = Notification.objects.get(kind="statement", channel="email")
        assert told.user == own.user
        assert told.context["date"] == "Dec 12, 2026"
        assert str(statement.pk) in told.context["url"]
        assert visit.title not in str(told.context)
        assert "90" not in str(told.context["date"])

    def test_a_failed_print_leaves_nothing(self, account):
        VisitFactory(account=account, owed_cents=90_00, place="診療所")
        with pytest.raises(actions.pdf.NotPrintable):
            issue(account)
        assert not Statement.objects.exists()
        assert not Notification.objects.filter(kind="statement").exists()


class TestUnchangeable:
    @pytest.fixture
    def statement(self, account):
        VisitFactory(account=account, owed_cents=90_00)
        return issue_statement(account)

    def test_rows_refuse_to_be_saved_again_or_deleted(self, statement):
        for row in (statement, statement.lines.get()):
            for change in (row.save, row.delete):
                with pytest.raises(Unchangeable):
                    change()

    def test_querysets_refuse_too(self, statement):
        for model in (Statement, StatementLine):
            with pytest.raises(Unchangeable):
                model.objects.update(owed_cents=1)
            with pytest.raises(Unchangeable):
                model.objects.all().delete()

    def test_figures_that_do_not_add_up_are_refused_by_the_database(self, statement):
        copy = Statement.objects.get(pk=statement.pk)
        copy.pk, copy.number, copy.cycle, copy.owed_cents = None, "S1", 2, 1
        copy._state.adding = True
        with pytest.raises(IntegrityError):
            copy.save()


class TestRevoke:
    def test_takes_a_reason_and_counts_once(self, account):
        VisitFactory(account=account, owed_cents=90_00)
        link, staff = issue_statement(account).link, UserFactory(is_staff=True)
        with pytest.raises(ValueError, match="say why"):
            actions.revoke(link=link, by=staff, reason=" ", at=NOW)
        assert actions.revoke(link=link, by=staff, reason="Letter came back", at=NOW)
        assert not actions.revoke(link=link, by=staff, reason="Again", at=NOW)
        link.refresh_from_db()
        assert (link.revoked_by, link.revoked_reason) == (staff, "Letter came back")


class TestDue:
    def test_names_the_last_statements_date_while_it_is_owed(self, account):
        visit = VisitFactory(account=account, owed_cents=90_00)
        assert due_of([account]) == {}
        issue_statement(account, at=NOW)
        last = issue_statement(account, at=NOW + dt.timedelta(days=40))
        assert due_of([account, AccountFactory()]) == {account.pk: last.due_date}
        visit.patient_cents = 0
        visit.save()
        VisitFactory(account=account, owed_cents=10_00)
        assert due_of([account]) == {}

    def test_words_are_plain_and_kind(self):
        today = timezone.localdate()
        assert due_words(None) == "Due now"
        assert due_words(today).startswith("Due ")
        assert due_words(dt.date(2026, 1, 9)) == "Was due Jan 9, 2026"

    def test_costs_one_query_for_any_number(self, account, django_assert_num_queries):
        accounts = [account, *AccountFactory.create_batch(3)]
        for each in accounts:
            VisitFactory(account=each, owed_cents=90_00)
            issue_statement(each)
        with django_assert_num_queries(1):
            assert len(due_of(accounts)) == 4


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_one_statement_between_eight_issuers(self):
        visit = VisitFactory(owed_cents=90_00)
        results = together(*[lambda: actions.issue(account_id=visit.account_id, at=NOW)] * 8)
        assert [type(result) for result in results if result is not None] == [Statement]
        assert Statement.objects.count() == StatementLink.objects.count() == 1

    def test_without_the_lock_the_constraint_still_holds(self, monkeypatch):
        visit = VisitFactory(owed_cents=90_00)
        account = visit.account
        monkeypatch.setattr(actions.posting, "lock_account", lambda pk: account)
        results = together(*[lambda: actions.issue(account_id=account.pk, at=NOW)] * 8)
        assert Statement.objects.count() == 1
        assert any(isinstance(result, IntegrityError) for result in results), "nobody was held by the constraint"
