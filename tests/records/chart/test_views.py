import datetime as dt

import pytest
from django.urls import reverse

from records.access.models import Grant
from records.access.permissions import ALL, Permission
from tests.factories import chart
from tests.factories.records import GrantFactory, PatientFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

SECTIONS = {
    "problems": chart.ConditionFactory,
    "history": chart.ProcedureFactory,
    "allergies": chart.AllergyFactory,
    "immunizations": chart.ImmunizationFactory,
    "medications": chart.MedicationFactory,
    "visits": chart.EncounterFactory,
}


@pytest.fixture
def grant(client):
    grant = GrantFactory()
    client.force_login(grant.user)
    return grant


def url(name, grant, **kwargs):
    return reverse(f"records:{name}", kwargs={"patient": grant.patient.pk, **kwargs})


def text(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(("section", "factory"), SECTIONS.items())
def test_section_shows_its_rows_and_nobody_elses(client, grant, section, factory):
    factory(patient=grant.patient, text="Mine alone")
    factory(patient=PatientFactory(), text="Somebody else’s")
    page = text(client.get(url(section, grant)))
    assert "Mine alone" in page
    assert "Somebody else’s" not in page


@pytest.mark.parametrize("section", SECTIONS)
def test_empty_section_says_what_would_be_there(client, grant, section):
    assert 'class="empty"' in client.get(url(section, grant)).content.decode()


@pytest.mark.parametrize(("section", "factory"), SECTIONS.items())
def test_section_has_pages_and_costs_the_same_however_long(client, grant, section, factory):
    factory(patient=grant.patient)
    client.get(url(section, grant))
    few = cost_of(lambda: client.get(url(section, grant)))
    for _ in range(24):
        factory(patient=grant.patient)
    assert cost_of(lambda: client.get(url(section, grant))) == few <= BUDGET
    assert len(client.get(url(section, grant)).context["page_obj"]) == 20
    assert len(client.get(url(section, grant), {"page": "2"}).context["page_obj"]) == 5
    assert client.get(url(section, grant), {"page": "x"}).status_code == 200


@pytest.mark.parametrize(("section", "factory"), SECTIONS.items())
def test_sensitive_rows_are_hidden_from_a_proxy_without_the_permission(client, section, factory):
    proxy = GrantFactory(kind=Grant.Kind.PROXY, permissions=sorted(ALL - {Permission.SENSITIVE}))
    client.force_login(proxy.user)
    factory(patient=proxy.patient, text="Kept private", is_sensitive=True)
    assert "Kept private" not in client.get(url(section, proxy)).content.decode()


@pytest.mark.parametrize(
    ("precision", "shown"), [("year", "2019"), ("month", "Mar 2019"), ("day", "Mar 4, 2019"), ("second", "Mar 3, 2019")]
)
def test_dates_are_shown_as_precisely_as_they_are_known(client, grant, precision, shown):
    at = dt.datetime(2019, 3, 4, 3, tzinfo=dt.UTC)  # still the evening before at the clinic
    chart.ProcedureFactory(patient=grant.patient, effective_start=at, effective_precision=precision)
    assert f"<p>{shown}</p>" in text(client.get(url("history", grant)))


def test_refused_vaccine_says_so_and_why(client, grant):
    chart.ImmunizationFactory(patient=grant.patient, status="not-done", status_reason="Patient said no")
    page = text(client.get(url("immunizations", grant)))
    assert "Not done" in page
    assert "Reason: Patient said no" in page


def test_entered_in_error_stays_visible_in_its_section_and_leaves_the_summary(client, grant):
    chart.AllergyFactory(patient=grant.patient, text="Peanut", entered_in_error=True)
    assert "Entered in error" in text(client.get(url("allergies", grant)))
    assert "Peanut" not in text(client.get(url("summary", grant)))


def test_no_allergies_does_not_claim_that_there_are_none(client, grant):
    assert "not that there are none" in text(client.get(url("allergies", grant)))


def test_problems_and_medications_move_to_the_past_when_over(client, grant):
    chart.ConditionFactory(patient=grant.patient, text="Sinusitis", status="resolved")
    chart.MedicationFactory(patient=grant.patient, text="Doxycycline", status="stopped")
    for section, name in (("problems", "Sinusitis"), ("medications", "Doxycycline")):
        assert name not in text(client.get(url(section, grant)))
        assert name in text(client.get(url(section, grant), {"show": "past"}))


def test_visit_diagnoses_are_not_on_the_problem_list(client, grant):
    chart.ConditionFactory(patient=grant.patient, text="Cough", category="encounter-diagnosis")
    assert "Cough" not in text(client.get(url("problems", grant)))
    assert "Cough" in text(client.get(url("history", grant), {"show": "diagnoses"}))


def test_history_hides_problems_from_those_who_may_not_see_them(client):
    proxy = GrantFactory(kind=Grant.Kind.PROXY, permissions=[Permission.HISTORY])
    client.force_login(proxy.user)
    chart.ConditionFactory(patient=proxy.patient, text="Cough", category="encounter-diagnosis")
    page = text(client.get(url("history", proxy), {"show": "diagnoses"}))
    assert "Cough" not in page
    assert "Diagnoses at visits" not in page


def test_visit_shows_what_belongs_to_it_as_far_as_the_reader_may_see(client):
    proxy = GrantFactory(kind=Grant.Kind.PROXY, permissions=[Permission.VISITS, Permission.IMMUNIZATIONS])
    client.force_login(proxy.user)
    visit = chart.EncounterFactory(patient=proxy.patient)
    chart.ImmunizationFactory(patient=proxy.patient, encounter=visit, text="Tdap")
    chart.ConditionFactory(patient=proxy.patient, encounter=visit, text="Cough")
    page = text(client.get(url("visit", proxy, visit=visit.pk)))
    assert "Tdap" in page
    assert "Cough" not in page


def test_visit_shows_each_kind_in_its_place_and_no_other_visits(client, grant):
    visit, other = chart.EncounterFactory.create_batch(2, patient=grant.patient)
    for factory in (chart.ConditionFactory, chart.ProcedureFactory, chart.ImmunizationFactory, chart.MedicationFactory):
        factory(patient=grant.patient, encounter=visit, text=f"Of {factory.__name__}", entered_in_error=True)
        factory(patient=grant.patient, encounter=other, text="Of another visit")
    page = text(client.get(url("visit", grant, visit=visit.pk)))
    assert "Of another visit" not in page
    assert page.count("Entered in error") == 4
    order = ["Diagnoses", "Of ConditionFactory", "Done at this visit", "Of ProcedureFactory", "Vaccines"]
    places = [
        page.index(words) for words in (*order, "Of ImmunizationFactory", "Medications ordered", "Of MedicationFactory")
    ]
    assert places == sorted(places)


def test_replaced_note_says_so(client, grant):
    visit = chart.EncounterFactory(patient=grant.patient)
    chart.DocumentFactory(
        patient=grant.patient, encounter=visit, title="Draft", status="superseded", content="First words"
    )
    page = text(client.get(url("visit", grant, visit=visit.pk)))
    assert "Replaced by a newer version" in page
    assert "First words" in page


def test_summary_leaves_out_closed_sections(client):
    proxy = GrantFactory(kind=Grant.Kind.PROXY, permissions=[Permission.SUMMARY, Permission.ALLERGIES])
    client.force_login(proxy.user)
    chart.AllergyFactory(patient=proxy.patient, text="Latex")
    chart.MedicationFactory(patient=proxy.patient, text="Metformin")
    page = text(client.get(url("summary", proxy)))
    assert "Latex" in page
    assert "Metformin" not in page
    assert "Taking now" not in page


def test_summary_costs_the_same_however_long_the_record(client, grant):
    def fill(number):
        for factory in (*SECTIONS.values(), chart.ReportFactory, chart.ResultFactory):
            factory.create_batch(number, patient=grant.patient)

    fill(1)
    client.get(url("summary", grant))
    few = cost_of(lambda: client.get(url("summary", grant)))
    fill(20)
    assert cost_of(lambda: client.get(url("summary", grant))) == few <= BUDGET


def test_text_of_the_record_stays_text(client, grant):
    hostile = "<img src=x onerror=alert(1)>"
    for factory in SECTIONS.values():
        factory(patient=grant.patient, text=hostile, author_name=hostile)
    for section in (*SECTIONS, "summary"):
        assert hostile not in client.get(url(section, grant)).content.decode()


@pytest.mark.parametrize(("section", "factory"), SECTIONS.items())
def test_long_section_is_searched_by_name_without_words_in_the_address(client, grant, section, factory):
    factory.create_batch(9, patient=grant.patient)
    wanted = factory(patient=grant.patient, text="Rare thing")
    factory(patient=grant.patient, text="Rare and private", is_sensitive=True, released_at=None)
    assert "Find by name" in client.get(url(section, grant)).content.decode()
    response = client.post(f"{url(section, grant)}?page=2", {"q": " rare "})
    assert list(response.context["page_obj"]) == [wanted]
    assert "1 found." in text(response)
    assert "Nothing here has that name" in text(client.post(url(section, grant), {"q": "unheard\0of"}))


def test_search_keeps_the_filter(client, grant):
    chart.ConditionFactory(patient=grant.patient, text="Cough, now")
    past = chart.ConditionFactory(patient=grant.patient, text="Cough, then", status="resolved")
    response = client.post(f"{url('problems', grant)}?show=past", {"q": "cough"})
    assert list(response.context["page_obj"]) == [past]


def test_visit_costs_the_same_however_much_was_done(client, grant):
    visit = chart.EncounterFactory(patient=grant.patient)

    def fill(number):
        for factory in (*SECTIONS.values(), chart.ReportFactory, chart.DocumentFactory):
            if factory is not chart.EncounterFactory:
                factory.create_batch(number, patient=grant.patient, encounter=visit)

    fill(1)
    client.get(url("visit", grant, visit=visit.pk))
    few = cost_of(lambda: client.get(url("visit", grant, visit=visit.pk)))
    fill(19)
    assert cost_of(lambda: client.get(url("visit", grant, visit=visit.pk))) == few <= BUDGET
