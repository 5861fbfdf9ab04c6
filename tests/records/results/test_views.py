import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from records.access.models import Grant
from records.access.permissions import ALL, Permission
from records.models import ObservationComponent, ResultVersion
from tests.factories.chart import ReportFactory, ResultFactory, VitalSignFactory
from tests.factories.records import GrantFactory
from tests.queries import BUDGET, cost_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def grant(client):
    grant = GrantFactory()
    client.force_login(grant.user)
    return grant


def url(name, grant, **kwargs):
    return reverse(f"records:{name}", kwargs={"patient": grant.patient.pk, **kwargs})


def text(response):
    return " ".join(response.content.decode().split())


def test_result_shows_value_range_flag_and_last_time(client, grant):
    past = timezone.now() - dt.timedelta(days=200)
    ResultFactory(patient=grant.patient, value_text="5.8", effective_start=past)
    result = ResultFactory(
        patient=grant.patient, value_text="6.1", flag="H", range_low=Decimal("4.0"), range_high=Decimal("5.6")
    )
    page = text(client.get(url("result", grant, result=result.pk)))
    assert '<p class="amount">6.1 <span class="unit">%</span></p>' in page
    assert "High</span>" in page
    assert "4–5.6" in page
    assert "5.8 %, " in page
    assert 'class="range"' in page
    assert 'class="trend"' in page
    assert "Your average blood sugar" in page


def test_result_without_a_range_says_so_and_draws_none(client, grant):
    page = text(client.get(url("result", grant, result=ResultFactory(patient=grant.patient).pk)))
    assert "No range given" in page
    assert 'class="range"' not in page
    assert 'class="trend"' not in page


def test_trend_takes_only_the_same_code_and_unit(client, grant):
    result = ResultFactory(patient=grant.patient)
    for other in ({"unit": "g/dL"}, {"code": "718-7"}, {"entered_in_error": True}):
        ResultFactory(patient=grant.patient, **other)
    ResultFactory()
    assert client.get(url("result", grant, result=result.pk)).context["past"] == [result]


def test_value_with_a_comparator_is_no_point_of_the_trend(client, grant):
    for value in ({"value_text": "4"}, {"value_text": "5"}, {"value_text": "3", "comparator": "<"}):
        result = ResultFactory(patient=grant.patient, **value)
    response = client.get(url("result", grant, result=result.pk))
    assert len(response.context["trend"].points) == 2
    assert "&lt;3" in response.content.decode()


def test_critical_value_leads_with_whom_to_call(client, grant, settings):
    result = ResultFactory(patient=grant.patient, value_text="6.2", flag="HH")
    page = text(client.get(url("result", grant, result=result.pk)))
    assert settings.NURSE_LINE in page[: page.index("This result")]
    assert "call 911" in page


def test_corrected_value_keeps_what_it_said_before(client, grant):
    result = ResultFactory(patient=grant.patient, status="corrected", value_text="4.1")
    ResultVersion.objects.create(
        observation=result,
        number=1,
        status="final",
        value_text="5.9",
        value_number=Decimal("5.9"),
        replaced_at=timezone.now(),
    )
    page = text(client.get(url("result", grant, result=result.pk)))
    assert "What it said before" in page
    assert "5.9" in page


def test_pending_report_says_that_it_waits(client, grant):
    report = ReportFactory(patient=grant.patient, status="registered")
    page = text(client.get(url("report", grant, report=report.pk)))
    assert "has not sent the result yet" in page


def test_list_mixes_reports_and_single_results_newest_first(client, grant):
    now = timezone.now()
    old = ReportFactory(patient=grant.patient, effective_start=now - dt.timedelta(days=3))
    ResultFactory(patient=grant.patient, report=old)
    middle = ResultFactory(patient=grant.patient, effective_start=now - dt.timedelta(days=2))
    new = ReportFactory(patient=grant.patient, effective_start=now - dt.timedelta(days=1))
    rows = list(client.get(url("results", grant)).context["page_obj"])
    assert [row.pk for row in rows] == [new.pk, middle.pk, old.pk]


def test_search_finds_a_report_by_a_value_in_it_and_keeps_the_words_out_of_the_address(client, grant):
    report = ReportFactory(patient=grant.patient, text="Metabolic panel")
    ResultFactory(patient=grant.patient, report=report, text="Potassium")
    ReportFactory(patient=grant.patient, text="Blood count")
    response = client.post(url("results", grant), {"q": "potass"})
    assert [row.pk for row in response.context["page_obj"]] == [report.pk]
    assert "1 found." in text(response)


def test_search_without_a_match_offers_the_way_back(client, grant):
    ReportFactory(patient=grant.patient)
    page = text(client.post(url("results", grant), {"q": "<script>alert(1)</script>"}))
    assert "Nothing here has that name" in page
    assert "<script>alert" not in page


def test_sensitive_values_are_nowhere_for_a_proxy_without_the_permission(client):
    proxy = GrantFactory(kind=Grant.Kind.PROXY, permissions=sorted(ALL - {Permission.SENSITIVE}))
    client.force_login(proxy.user)
    report = ReportFactory(patient=proxy.patient, text="Panel")
    hidden = ResultFactory(patient=proxy.patient, report=report, text="Secret value", is_sensitive=True)
    single = ResultFactory(patient=proxy.patient, text="Secret single", is_sensitive=True)
    for path in (url("results", proxy), url("report", proxy, report=report.pk), url("summary", proxy)):
        assert "Secret" not in client.get(path).content.decode()
    assert not client.post(url("results", proxy), {"q": "Secret v"}).context["page_obj"].object_list
    for result in (hidden, single):
        assert client.get(url("result", proxy, result=result.pk)).status_code == 404


def test_vitals_show_the_latest_of_each(client, grant):
    old = timezone.now() - dt.timedelta(days=90)
    VitalSignFactory(patient=grant.patient, text="Heart rate", value_text="70", effective_start=old)
    latest = VitalSignFactory(patient=grant.patient, text="Heart rate", value_text="64")
    weight = VitalSignFactory(patient=grant.patient, text="Weight", code="29463-7", unit="kg")
    assert list(client.get(url("vitals", grant)).context["page_obj"]) == [latest, weight]


def test_blood_pressure_is_one_value_and_two_lines(client, grant):
    for days, systolic, diastolic in ((30, 130, 85), (1, 126, 81)):
        reading = VitalSignFactory(
            patient=grant.patient,
            code="85354-9",
            unit="",
            value_text="0",
            value_number=None,
            effective_start=timezone.now() - dt.timedelta(days=days),
        )
        for position, (code, number) in enumerate((("8480-6", systolic), ("8462-4", diastolic))):
            ObservationComponent.objects.create(
                observation=reading,
                position=position,
                code=code,
                value_text=str(number),
                value_number=number,
                unit="mm[Hg]",
            )
    response = client.get(url("vital", grant, vital=reading.pk))
    assert "126/81" in text(response)
    assert len(response.context["trend"].lines) == 2


@pytest.mark.parametrize("name", ["results", "vitals"])
def test_lists_cost_the_same_however_long(client, grant, name):
    def fill(number):
        for _ in range(number):
            report = ReportFactory(patient=grant.patient)
            ResultFactory(patient=grant.patient, report=report)
            ResultFactory(patient=grant.patient)
            VitalSignFactory(patient=grant.patient, code=report.text)

    fill(1)
    client.get(url(name, grant))
    few = cost_of(lambda: client.get(url(name, grant)))
    fill(19)
    many = cost_of(lambda: client.get(url(name, grant)))
    assert many == few <= BUDGET


@pytest.mark.parametrize("name", ["result", "report", "vital", "pressure"])
def test_detail_pages_cost_the_same_however_long_the_past(client, grant, name):
    report = ReportFactory(patient=grant.patient)

    def fill(number):
        for _ in range(number):
            ResultFactory(patient=grant.patient, report=report)
            VitalSignFactory(patient=grant.patient)
            reading = VitalSignFactory(
                patient=grant.patient, code="85354-9", unit="", value_text="0", value_number=None
            )
            ObservationComponent.objects.create(
                observation=reading, position=0, code="8480-6", value_text="120", value_number=120, unit="mm[Hg]"
            )
        return reading

    reading = fill(2)
    path = {
        "result": url("result", grant, result=report.observations.first().pk),
        "report": url("report", grant, report=report.pk),
        "vital": url("vital", grant, vital=VitalSignFactory(patient=grant.patient).pk),
        "pressure": url("vital", grant, vital=reading.pk),
    }[name]
    client.get(path)
    few = cost_of(lambda: client.get(path))
    fill(18)
    assert cost_of(lambda: client.get(path)) == few <= BUDGET
