import uuid

import pytest
from django.urls import reverse

from records.models import PreferredPharmacy, RefillDraft, RefillItem, RefillRequest
from records.refills.states import State
from tests.factories.refills import PharmacyFactory, prescribed
from tests.records.refills.desk import ask, controlled, proxy_of
from tests.records.refills.pages import ticked, url, walk

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_medication_says_not_requested_until_it_is(mine, grant):
    row = prescribed(grant.patient)
    text = mine.get(url(grant, "medications")).text
    assert "Not requested" in text
    assert f"{url(grant, 'refill_new')}?medication={row.pk}" in text
    item = ask(grant, row).items.get()
    text = mine.get(url(grant, "medications")).text
    assert "Not requested" not in text
    assert url(grant, "refill", refill=item.request_id) in text


def test_link_of_a_medication_ticks_it_and_asks_for_nothing(mine, grant):
    row = prescribed(grant.patient)
    text = mine.get(f"{url(grant, 'refill_new')}?medication={row.pk}").text
    assert text.count(" checked") == 1
    assert "Not requested" in text
    assert not RefillItem.objects.exists()
    assert mine.get(f"{url(grant, 'refill_new')}?medication=nonsense%00").status_code == 200


def test_each_reason_has_its_words_and_its_next_step(mine, grant):
    controlled("oxycodone", "II")
    elm = PharmacyFactory(name="Elm", phone="860-555-0171")
    PharmacyFactory(name="Ours", is_clinics_own=True)
    prescribed(grant.patient, text="A", repeats_allowed=2, pharmacy_name=elm.name)
    prescribed(grant.patient, text="B", repeats_allowed=2, pharmacy_name="Ours")
    prescribed(grant.patient, text="Oxycodone")
    prescribed(grant.patient, text="D", repeats_allowed=None)
    prescribed(grant.patient, text="E", days_ago=400, repeats_allowed=2)
    prescribed(grant.patient, text="F", days_ago=1, days_supply=90)
    prescribed(grant.patient, text="G", is_reported=True)
    prescribed(grant.patient, text="H", status="stopped")
    prescribed(grant.patient, text="I", status="on-hold")
    ask(grant, prescribed(grant.patient, text="K"))
    text = mine.get(url(grant, "refill_new")).text
    for words in (
        "Your pharmacy can fill this",
        'href="tel:860-555-0171"',
        "is our own pharmacy",
        "The law allows no refills",
        "Ask for a new prescription",
        "We do not know how many refills are left",
        "The prescription was good until",
        "Too soon: you can ask from",
        "Nobody here prescribes this",
        "This was stopped.",
        "has paused this",
        f"See request {RefillRequest.objects.get().number}",
        reverse("messaging:new", kwargs={"patient": grant.patient.pk}),
    ):
        assert words in text, words
    assert text.count('type="checkbox"') == 4


def test_whole_way_sends_one_request_with_a_number(mine, grant, shop):
    first, second = prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B")
    form = walk(mine, grant, shop, first, second, comment="Before my trip, please.")
    assert not RefillItem.objects.exists()
    response = mine.post(url(grant, "refill_review"), form, follow=True)
    request = RefillRequest.objects.get()
    assert request.number in response.text
    assert request.comment == "Before my trip, please."
    assert {item.pharmacy for item in request.items.all()} == {shop}
    assert not RefillDraft.objects.exists()


def test_sent_twice_is_sent_once(mine, grant, shop):
    form = walk(mine, grant, shop, prescribed(grant.patient))
    answers = [mine.post(url(grant, "refill_review"), form)["Location"] for _click in range(3)]
    assert len(set(answers)) == 1
    assert RefillRequest.objects.count() == 1


def test_other_window_changed_the_draft_so_nothing_is_sent(mine, grant, shop):
    first, second = prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B")
    form = walk(mine, grant, shop, first)
    mine.post(url(grant, "refill_new"), ticked(first, second))
    response = mine.post(url(grant, "refill_review"), form)
    assert response["Location"] == url(grant, "refill_review")
    assert not RefillRequest.objects.exists()


def test_two_windows_of_two_people_make_one_request(mine, grant, shop, client):
    row = prescribed(grant.patient, text="Metformin")
    form = walk(mine, grant, shop, row)
    taken = ask(proxy_of(grant.patient), row)
    response = mine.post(url(grant, "refill_review"), form, follow=True)
    assert f"See request {taken.number}" in response.text
    assert "This cannot be sent now" in response.text
    assert RefillItem.objects.count() == 1


def test_rest_of_a_batch_can_go_when_one_cannot(mine, grant, shop):
    first, second = prescribed(grant.patient, text="A"), prescribed(grant.patient, text="B")
    walk(mine, grant, shop, first, second)
    ask(proxy_of(grant.patient), first)
    page = mine.get(url(grant, "refill_review"))
    assert "This cannot be sent now" in page.text
    mine.post(url(grant, "refill_review"), page.context["form"].initial)
    assert RefillItem.objects.get(medication=second).state == State.REQUESTED
    assert RefillItem.objects.count() == 2


@pytest.mark.parametrize("left", ["", "-1", "400", "two", "99999999999999999999"])
def test_days_left_are_asked_for_and_kept(mine, grant, left):
    row = prescribed(grant.patient)
    response = mine.post(url(grant, "refill_new"), {f"ask-{row.pk}": "on", f"left-{row.pk}": left})
    assert response.status_code == 422
    assert row.display in response.text
    assert not RefillDraft.objects.exists()


def test_nothing_ticked_is_said(mine, grant):
    prescribed(grant.patient)
    response = mine.post(url(grant, "refill_new"), {})
    assert response.status_code == 422
    assert "Tick at least one medication." in response.text


def test_two_days_left_say_whom_to_call_on_every_page_after(mine, grant, shop):
    form = walk(mine, grant, shop, prescribed(grant.patient), left="2")
    for name in ("refill_pharmacy", "refill_comment", "refill_review"):
        assert "860-555-0199" in mine.get(url(grant, name)).text.split("<footer")[0]
    sent = mine.post(url(grant, "refill_review"), form, follow=True)
    assert "please call, too" in sent.text


def test_words_of_danger_are_answered_to_and_sent_all_the_same(mine, grant, shop):
    form = walk(mine, grant, shop, prescribed(grant.patient), comment="I have chest pain")
    page = mine.get(url(grant, "refill_review")).text
    assert "Please do not wait for an answer" in page
    mine.post(url(grant, "refill_review"), form)
    assert RefillItem.objects.get().danger == "emergency"


@pytest.mark.parametrize("words", ["elm", "Hartford", "06106", "elm hartford"])
def test_pharmacy_is_found_by_name_town_and_zip(mine, grant, shop, words):
    PharmacyFactory(name="Other", city="Elsewhere", lines="", postal_code="99999")
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    text = mine.post(url(grant, "refill_pharmacy"), {"q": words}).text
    assert "Elm Street Pharmacy" in text
    assert "Other" not in text


def test_search_shows_at_most_twenty_and_takes_any_words(mine, grant):
    PharmacyFactory.create_batch(25)
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    response = mine.post(url(grant, "refill_pharmacy"), {"q": "corner"})
    assert response.text.count('type="radio"') == 21
    assert "narrow the search" in response.text
    assert mine.post(url(grant, "refill_pharmacy"), {"q": "a\0 " * 200}).status_code == 200


@pytest.mark.parametrize("chosen", ["", "nonsense", str(uuid.UUID(int=7)), "other", "\0"])
def test_pharmacy_that_is_none_is_refused(mine, grant, shop, chosen):
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    assert mine.post(url(grant, "refill_pharmacy"), {"pharmacy": chosen}).status_code == 422


def test_inactive_pharmacy_is_refused(mine, grant):
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    closed = PharmacyFactory(active=False)
    assert mine.post(url(grant, "refill_pharmacy"), {"pharmacy": str(closed.pk)}).status_code == 422


def test_another_pharmacy_goes_in_ones_own_words(mine, grant, shop):
    row = prescribed(grant.patient)
    walk(mine, grant, shop, row)
    mine.post(url(grant, "refill_pharmacy"), {"pharmacy": "other", "other": "Village Drugs, Kent"})
    page = mine.get(url(grant, "refill_review"))
    assert "Village Drugs, Kent" in page.text
    mine.post(url(grant, "refill_review"), page.context["form"].initial)
    item = RefillItem.objects.get()
    assert (item.pharmacy, item.pharmacy_other) == (None, "Village Drugs, Kent")


def test_usual_pharmacy_is_kept_once_sent_and_offered_next_time(mine, grant, shop):
    walk(mine, grant, shop, prescribed(grant.patient, text="A"))
    mine.post(url(grant, "refill_pharmacy"), {"pharmacy": str(shop.pk), "keep": "on"})
    assert not PreferredPharmacy.objects.exists()
    form = mine.get(url(grant, "refill_review")).context["form"].initial
    mine.post(url(grant, "refill_review"), form)
    assert PreferredPharmacy.objects.get().pharmacy == shop
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient, text="B")))
    assert mine.get(url(grant, "refill_pharmacy")).context["form"].initial["pharmacy"] == str(shop.pk)


def test_refill_at_our_own_pharmacy_needs_no_choice(mine, grant):
    ours = PharmacyFactory(name="Ours", is_clinics_own=True)
    row = prescribed(grant.patient, repeats_allowed=2, pharmacy_name="Ours")
    assert mine.post(url(grant, "refill_new"), ticked(row))["Location"] == url(grant, "refill_comment")
    page = mine.get(url(grant, "refill_review"))
    mine.post(url(grant, "refill_review"), page.context["form"].initial)
    assert (RefillItem.objects.get().pharmacy, RefillItem.objects.get().kind) == (ours, "refill")


@pytest.mark.parametrize("name", ["refill_pharmacy", "refill_comment", "refill_review"])
def test_step_without_a_beginning_leads_to_the_first(mine, grant, name):
    assert mine.get(url(grant, name))["Location"] == url(grant, "refill_new")


def test_thrown_away_draft_is_gone(mine, grant):
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    mine.post(url(grant, "refill_discard"))
    assert not RefillDraft.objects.exists()


def test_draft_is_its_authors_alone(mine, grant, client):
    mine.post(url(grant, "refill_new"), ticked(prescribed(grant.patient)))
    client.force_login(proxy_of(grant.patient).user)
    assert client.get(url(grant, "refill_comment"))["Location"] == url(grant, "refill_new")


def test_review_with_nonsense_sends_nothing(mine, grant, shop):
    form = walk(mine, grant, shop, prescribed(grant.patient))
    for posted in ({}, {"once": "x", "seen": "y"}, {**form, "seen": "other"}, {**form, "once": str(uuid.uuid4())}):
        assert mine.post(url(grant, "refill_review"), posted)["Location"] == url(grant, "refill_review")
    assert not RefillRequest.objects.exists()
