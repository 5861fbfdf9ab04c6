import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.permissions import PARENT_OF_TEEN, Permission
from records.models import RefillDraft, RefillItem
from records.refills import asking, handling
from records.refills.states import State
from tests.factories.records import GrantFactory
from tests.factories.refills import RefillItemFactory, prescribed
from tests.queries import BUDGET, cost_of
from tests.records.refills.desk import ask, asker, bring_to, one, proxy_of
from tests.records.refills.pages import ticked, url

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NASTY = "<script>alert(1)</script>\nsecond line"


@pytest.mark.parametrize("state", State)
def test_request_shows_how_far_it_has_come(mine, grant, doctor, state):
    item = bring_to(one(grant), state, doctor, asker(grant))
    for address in (url(grant), url(grant, "refill", refill=item.request_id)):
        assert str(state.label) in mine.get(address).text
    assert mine.get(url(grant, "refill", refill=item.request_id)).text.count('aria-current="step"') == 1


def test_partial_success_is_shown_item_by_item(mine, grant, doctor):
    request = ask(grant, prescribed(grant.patient, text="Alpha"), prescribed(grant.patient, text="Beta"))
    first, second = request.items.order_by("position")
    handling.approve(actor=doctor, item_id=first.pk, at=timezone.now())
    handling.deny(actor=doctor, item_id=second.pk, text=NASTY, at=timezone.now())
    text = mine.get(url(grant, "refill", refill=request.pk)).text
    assert "Approved" in text
    assert "Not approved. The reason:" in text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>second line" in text


def test_question_is_answered_on_the_page(mine, grant, nurse):
    item = one(grant)
    handling.question(actor=nurse, item_id=item.pk, text=NASTY, at=timezone.now())
    page = url(grant, "refill", refill=item.request_id)
    text = mine.get(page).text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;" in text
    address = url(grant, "refill_answer", refill=item.request_id, item=item.pk)
    assert mine.post(address, {f"{item.pk}-text": ""}).status_code == 422
    mine.post(address, {f"{item.pk}-text": "Ten days."})
    item.refresh_from_db()
    assert item.state == State.IN_REVIEW
    assert "Ten days." in mine.get(page).text


def test_words_of_danger_in_an_answer_are_warned_of_once(mine, grant, nurse):
    item = one(grant)
    handling.question(actor=nurse, item_id=item.pk, text="How are you?", at=timezone.now())
    address = url(grant, "refill_answer", refill=item.request_id, item=item.pk)
    first = mine.post(address, {f"{item.pk}-text": "I want to die"})
    assert "988" in first.text
    assert RefillItem.objects.get().state == State.QUESTION
    mine.post(address, {f"{item.pk}-text": "I want to die", f"{item.pk}-warned": "True"})
    assert RefillItem.objects.get().danger == "self_harm"


def test_cancelling_asks_once(mine, grant):
    item = one(grant)
    address = url(grant, "refill_cancel", refill=item.request_id, item=item.pk)
    assert "Cancel this request?" in mine.get(address).text
    assert RefillItem.objects.get().state == State.REQUESTED
    mine.post(address)
    assert RefillItem.objects.get().state == State.CANCELLED
    assert mine.post(address).status_code == 302


def test_late_one_says_so(mine, grant):
    item = one(grant)
    RefillItem.objects.filter(pk=item.pk).update(due_at=timezone.now() - dt.timedelta(hours=2))
    assert "It is being moved to the top of our list." in mine.get(url(grant)).text
    handling.escalate_late(timezone.now())
    assert "It was moved to the top of our list." in mine.get(url(grant)).text


def test_staffs_notes_are_never_shown(mine, grant, nurse):
    item = one(grant)
    handling.pass_on(actor=nurse, item_id=item.pk, note="Drug seeking?", at=timezone.now())
    for address in (url(grant), url(grant, "refill", refill=item.request_id)):
        assert "Drug seeking" not in mine.get(address).text


def test_titles_say_nothing_of_what_is_asked_for(mine, grant):
    item = one(grant)
    text = mine.get(url(grant, "refill", refill=item.request_id)).text
    assert "Metformin" not in text[text.index("<title>") : text.index("</title>")]


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "%00"])
def test_page_number_that_makes_no_sense_gives_a_page(mine, grant, page):
    RefillItemFactory.create_batch(22, patient=grant.patient, state=State.PICKED_UP)
    assert mine.get(f"{url(grant)}?page={page}").status_code == 200


def test_past_ones_come_in_pages(mine, grant):
    RefillItemFactory.create_batch(22, patient=grant.patient, state=State.PICKED_UP)
    assert "Page 1 of 2" in mine.get(url(grant)).text


def test_pages_stay_within_their_budget(mine, grant):
    row = prescribed(grant.patient, text="A")
    shown = url(grant, "refill", refill=one(grant).request_id)
    for number in range(22):
        RefillItemFactory(patient=grant.patient, state=[State.REQUESTED, State.DENIED][number % 2], answer="x")
        prescribed(grant.patient, text=f"B{number}")
    mine.post(url(grant, "refill_new"), ticked(row))
    for address in (url(grant), url(grant, "refill_new"), url(grant, "medications"), shown):
        assert cost_of(lambda address=address: mine.get(address)) <= BUDGET, address


def test_after_a_death_the_page_is_gentle_and_takes_nothing(client, grant):
    heir = GrantFactory(patient=grant.patient, kind="representative")
    row = prescribed(grant.patient)
    open_one = one(grant)
    grant.patient.is_deceased = True
    grant.patient.save()
    client.force_login(heir.user)
    assert "sorry for your loss" in client.get(url(grant)).text
    assert "sorry for your loss" in client.get(url(grant, "refill_new")).text
    assert "sorry for your loss" in client.post(url(grant, "refill_new"), ticked(row)).text
    assert not RefillDraft.objects.exists()
    shown = client.get(url(grant, "refill", refill=open_one.request_id)).text
    assert "sorry for your loss" in shown
    assert "You have an answer by" not in shown


def test_proxy_who_may_only_look_is_told_why(client, grant):
    item = one(grant)
    client.force_login(proxy_of(grant.patient, Permission.REFILLS_REQUEST).user)
    assert "You may see these requests, but not ask." in client.get(url(grant)).text
    text = client.get(url(grant, "refill", refill=item.request_id)).text
    assert "but not answer or cancel" in text
    assert "I no longer need it" not in text
    assert client.get(url(grant, "refill_new")).status_code == 403
    address = url(grant, "refill_cancel", refill=item.request_id, item=item.pk)
    assert client.post(address).status_code == 403


def test_sensitive_item_is_hidden_from_a_proxy_with_its_comment(client, grant):
    plain, private = prescribed(grant.patient, text="Alpha"), prescribed(grant.patient, text="Beta", is_sensitive=True)
    request = ask(grant, plain, private, comment="Beta makes me tired")
    client.force_login(proxy_of(grant.patient, Permission.SENSITIVE).user)
    for address in (url(grant), url(grant, "refill", refill=request.pk)):
        text = client.get(address).text
        assert "Alpha" in text
        assert "Beta" not in text


def test_request_of_only_sensitive_things_does_not_exist_for_a_proxy(client, grant):
    request = ask(grant, prescribed(grant.patient, is_sensitive=True))
    client.force_login(proxy_of(grant.patient, Permission.SENSITIVE).user)
    assert client.get(url(grant, "refill", refill=request.pk)).status_code == 404


def test_parent_of_a_teen_does_not_see_refills(client, grant):
    one(grant)
    parent = GrantFactory(patient=grant.patient, kind="parent", permissions=sorted(PARENT_OF_TEEN))
    client.force_login(parent.user)
    assert client.get(url(grant)).status_code == 403


def test_item_of_another_request_is_not_found(mine, grant):
    first, second = one(grant), ask(grant, prescribed(grant.patient, text="Other")).items.get()
    address = url(grant, "refill_cancel", refill=first.request_id, item=second.pk)
    assert mine.post(address).status_code == 404


def test_home_names_the_question_and_what_is_ready(mine, grant, nurse):
    item = one(grant)
    assert "A question about a refill" not in mine.get(reverse("portal:home")).text
    handling.question(actor=nurse, item_id=item.pk, text="Since when?", at=timezone.now())
    text = mine.get(reverse("portal:home")).text
    assert "A question about a refill" in text
    assert url(grant, "refill", refill=item.request_id) in text
    asking.answer(actor=asker(grant), item_id=item.pk, text="May", at=timezone.now())
    assert "A question about a refill" not in mine.get(reverse("portal:home")).text


def test_looking_ahead_at_the_address_cancels_nothing(mine, grant):
    item = one(grant)
    address = url(grant, "refill_cancel", refill=item.request_id, item=item.pk)
    assert mine.head(address).status_code == 200
    assert RefillItem.objects.get().state == State.REQUESTED


def test_medication_that_became_sensitive_is_hidden_with_its_request(client, grant):
    plain, private = prescribed(grant.patient, text="Alpha"), prescribed(grant.patient, text="Beta")
    request = ask(grant, plain, private, comment="Beta makes me tired")
    private.is_sensitive = True
    private.save()
    client.force_login(proxy_of(grant.patient, Permission.SENSITIVE).user)
    for address in (url(grant), url(grant, "refill", refill=request.pk)):
        text = client.get(address).text
        assert "Alpha" in text
        assert "Beta" not in text
