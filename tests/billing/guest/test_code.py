"""A code by e-mail: the same answer for everybody, a letter to the right one, and one use."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from billing.guest import codes, tasks, tries
from billing.guest.gate import DOOR
from billing.guest.models import GuestCode, GuestGrant
from records.notifications import delivery
from records.notifications.models import Notification
from tests.billing.guest.steps import bare
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory
from tests.queries import cost_of
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ASK, ENTER = "/pay/code/", "/pay/code/enter/"


@pytest.fixture
def bill():
    guarantor = GuarantorFactory(given_name="Ana", family_name="Novák", email="ana@example.org")
    account = AccountFactory(guarantor=guarantor, number="10204417")
    return VisitFactory(account=account, number="7000213305", owed_cents=144_96)


def ask(client, number: str = "1020 4417", last_name: str = "novak"):
    return client.post(ASK, {"account_number": number, "last_name": last_name})


def work() -> None:
    """What a worker does with every code that was asked for."""
    now = timezone.now()
    for code in GuestCode.objects.all():
        tasks.send(code_id=code.pk, at=now)
    for waiting in Notification.objects.due(now):
        delivery.deliver(notification_id=waiting.pk, at=now)


def mailed() -> str:
    """The code in the newest mail, as it is printed there."""
    work()
    body = str(mail.outbox[-1].body)
    return body[body.index("The code is: ") + 13 :].split("\n")[0]


class TestAsking:
    def test_code_comes_by_mail_and_opens_the_bill(self, client, bill):
        response = ask(client)
        assert (response.status_code, response["Location"]) == (302, ENTER)
        code = mailed()
        assert mail.outbox[-1].to == ["ana@example.org"]
        response = client.post(ENTER, {"code": code}, follow=True)
        (handle,) = client.session[DOOR.key]
        assert response.redirect_chain == [(f"/pay/{handle}/amount/", 302)]
        assert "$144.96" in response.content.decode()

    def test_number_of_a_visit_opens_that_visit_alone(self, client, bill):
        VisitFactory(account=bill.account, owed_cents=500_00)
        ask(client, "7000213305")
        client.post(ENTER, {"code": mailed()})
        assert GuestGrant.objects.get().visit == bill

    def test_mail_says_nothing_of_the_bill(self, client, bill):
        ask(client)
        mailed()
        message = mail.outbox[-1]
        whole = f"{message.subject} {message.body} {message.alternatives[0].content}"
        for secret in ("144.96", "Novák", "Ana", "10204417", "1020 4417", bill.title, bill.patient.family):
            assert secret not in whole

    def test_code_is_stored_nowhere(self, client, bill):
        ask(client)
        digits = mailed().replace(" ", "")
        row = GuestCode.objects.get()
        stored = f"{row.__dict__} {Notification.objects.get(kind='guest_code').__dict__} {dict(client.session)}"
        assert digits not in stored

    @pytest.mark.parametrize(
        ("number", "name"), [("10204417", "Smith"), ("50000000", "novak"), ("10204417", "--"), ("1", "x")]
    )
    def test_others_get_the_same_answer_and_no_mail(self, client, bill, number, name):
        right, other = Client(), client
        answers = [bare(ask(right)), bare(ask(other, number, name))]
        assert answers[0] == answers[1]
        assert bare(right.get(ENTER)) == bare(other.get(ENTER))
        work()
        assert [message.to for message in mail.outbox] == [["ana@example.org"]]

    def test_without_an_address_on_file_the_answer_is_the_same_and_nothing_is_sent(self, client, bill):
        bill.account.guarantor.email = ""
        bill.account.guarantor.save()
        assert ask(client)["Location"] == ENTER
        work()
        assert not mail.outbox

    def test_found_or_not_the_same_is_asked_of_the_database(self, bill):
        def cost(address: str, number: str, name: str) -> int:
            return cost_of(lambda: ask(Client(REMOTE_ADDR=address), number, name))

        costs = {
            cost("203.0.113.1", "10204417", "novak"),
            cost("203.0.113.2", "7000213305", "novak"),
            cost("203.0.113.3", "10204417", "Smith"),
            cost("203.0.113.4", "50000000", "novak"),
        }
        assert len(costs) == 1

    def test_too_many_look_the_same_and_send_nothing(self, bill):
        for _ in range(tries.CODES_PER_NUMBER):
            ask(Client(), last_name="Smith")
        client = Client(REMOTE_ADDR="203.0.113.5")
        assert ask(client)["Location"] == ENTER
        assert not GuestCode.objects.filter(account__isnull=False).exists()
        assert client.post(ENTER, {"code": "12345678"}).status_code == 200

    def test_one_address_may_ask_only_so_often(self, bill):
        for number in range(tries.CODES_PER_ADDRESS):
            ask(Client(), f"5000000{number}")
        before = GuestCode.objects.count()
        ask(Client())
        assert GuestCode.objects.count() == before

    def test_empty_fields_are_named(self, client, db):
        html = client.post(ASK, {}).content.decode()
        assert "Enter the account number from your statement." in html
        assert "Enter the guarantor’s last name." in html


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_worker_sends_what_was_asked_for(client, bill):
    ask(client)
    call_command("work", once=True)
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


class TestEntering:
    @pytest.fixture
    def asked(self, client, bill):
        ask(client)
        return GuestCode.objects.get()

    @pytest.mark.parametrize("gap", ["", " ", "-"])
    def test_spaces_and_dashes_do_not_matter(self, client, asked, gap):
        digits = codes.code_of(asked.pk)
        assert client.post(ENTER, {"code": f" {digits[:4]}{gap}{digits[4:]}"}).status_code == 302

    def test_wrong_ones_open_nothing_and_after_five_the_right_one_neither(self, client, asked):
        for _ in range(codes.MOST_TRIES):
            html = client.post(ENTER, {"code": "00000000"}).content.decode()
            assert "This code does not open a bill." in html
        assert client.post(ENTER, {"code": codes.code_of(asked.pk)}).status_code == 200
        assert not GuestGrant.objects.exists()

    def test_counts_once(self, asked):
        now = timezone.now()
        assert codes.redeem(code_id=asked.pk, typed=codes.code_of(asked.pk), at=now) is not None
        assert codes.redeem(code_id=asked.pk, typed=codes.code_of(asked.pk), at=now) is None

    def test_ends_after_fifteen_minutes(self, asked):
        late = asked.created_at + dt.timedelta(minutes=15)
        assert codes.redeem(code_id=asked.pk, typed=codes.code_of(asked.pk), at=late) is None

    def test_another_browser_is_not_let_in(self, asked):
        response = Client().post(ENTER, {"code": codes.code_of(asked.pk)})
        assert response["Location"] == ASK

    def test_code_of_a_request_that_matched_nothing_opens_nothing(self, client, bill):
        ask(client, "50000000")
        row = GuestCode.objects.get()
        assert codes.redeem(code_id=row.pk, typed=codes.code_of(row.pk), at=timezone.now()) is None

    def test_one_address_may_try_only_so_often(self, client, asked, monkeypatch):
        monkeypatch.setattr(tries, "ENTRIES_PER_ADDRESS", 0)
        assert client.post(ENTER, {"code": codes.code_of(asked.pk)}).status_code == 200
        assert not GuestGrant.objects.exists()

    def test_nonsense_is_survived(self, client, asked):
        for typed in ("٣٣٣٣٣٣٣٣", "x", "9" * 19, "-"):
            assert client.post(ENTER, {"code": typed}).status_code == 200

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_counts_once_between_parallel_posts_and_tries_are_exact(self, bill):
        code = codes.ask(found=codes.Found(bill.account_id, None), at=timezone.now())
        now, right = timezone.now(), codes.code_of(code.pk)
        results = together(*[lambda: codes.redeem(code_id=code.pk, typed=right, at=now)] * 12)
        assert sum(result is not None for result in results) == 1
        other = codes.ask(found=codes.Found(bill.account_id, None), at=now)
        together(*[lambda: codes.redeem(code_id=other.pk, typed="00000000", at=now)] * 12)
        other.refresh_from_db()
        assert other.tries == codes.MOST_TRIES
