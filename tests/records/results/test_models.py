import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from records.models import (
    DiagnosticReport,
    Observation,
    ObservationComponent,
    Result,
    ResultVersion,
    SocialHistory,
    VitalSign,
)
from records.results.units import plain_unit
from tests.factories.chart import ObservationFactory, ReportFactory

AT = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("code", "text", "shown"),
    [
        ("mm[Hg]", "", "mmHg"),
        ("10*3/uL", "", "×10³/µL"),
        ("{score}", "", ""),
        ("{pack-years}", "", "pack-years"),
        ("Cel", "", "°C"),
        ("mL/min/{1.73_m2}", "", "mL/min/1.73 m²"),
        ("mg/dL", "", "mg/dL"),
        ("", "cups", "cups"),
    ],
)
def test_units_read_as_people_write_them(code: str, text: str, shown: str) -> None:
    assert plain_unit(code, text) == shown


@pytest.mark.parametrize(
    ("text", "number", "comparator", "shown"),
    [
        ("4.10", "4.1", "", "4.10 mg/dL"),
        ("152.0779458245947", "152.077946", "", "152.08 mg/dL"),
        ("0.005", "0.005", "<", "<0.005 mg/dL"),
        ("1E3", "1000", "", "1E3 mg/dL"),
    ],
)
def test_figures_are_shown_as_sent_unless_absurdly_long(text: str, number: str, comparator: str, shown: str) -> None:
    value = Observation(value_text=text, value_number=Decimal(number), comparator=comparator, unit="mg/dL")
    assert value.shown == shown


def test_coded_answers_and_words_have_no_unit() -> None:
    coded = Observation(value_code="260385009", value_display="Negative (qualifier value)", unit="mg/dL")
    assert (coded.shown, coded.has_value) == ("Negative", True)
    assert Observation(value_text="See comment").shown == "See comment"
    assert not Observation().has_value


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, ""),
        ({"range_low": Decimal("3.500000"), "range_high": Decimal("100.000000")}, "3.5–100"),
        ({"range_low": Decimal(60)}, "≥ 60"),
        ({"range_high": Decimal("5.6")}, "≤ 5.6"),
        ({"range_text": "Negative", "range_high": Decimal(1)}, "Negative"),
    ],
)
def test_range_is_the_laboratorys_or_none(fields: dict[str, object], shown: str) -> None:
    observation = Observation(**fields)
    assert observation.shown_range == shown
    assert observation.has_range is bool(shown)


@pytest.mark.parametrize(
    ("flag", "out", "critical"),
    [
        ("", False, False),
        ("N", False, False),
        ("H", True, False),
        ("HH", True, True),
        ("AA", True, True),
        ("POS", False, False),
    ],
)
def test_flags_say_out_of_range_and_critical(flag: str, out: bool, critical: bool) -> None:
    observation = Observation(flag=flag)
    assert (observation.is_out_of_range, observation.is_critical) == (out, critical)


@pytest.mark.django_db
def test_sections_never_show_each_others_observations() -> None:
    lab = ObservationFactory(category="laboratory")
    vital = ObservationFactory(category="vital-signs")
    social = ObservationFactory(category="social-history")
    survey = ObservationFactory(category="survey")
    assert [row.pk for row in Result.objects.all()] == [lab.pk]
    assert [row.pk for row in VitalSign.objects.all()] == [vital.pk]
    assert {row.pk for row in SocialHistory.objects.all()} == {social.pk, survey.pk}


@pytest.mark.django_db
def test_series_holds_one_code_in_one_unit_of_one_patient() -> None:
    first = ObservationFactory(value_text="13.1", value_number=Decimal("13.1"), unit="g/dL", effective_start=AT)
    later = AT + dt.timedelta(days=1)
    same = {"patient": first.patient, "value_number": Decimal(14), "unit": "g/dL", "effective_start": later}
    second = ObservationFactory(**same)
    ObservationFactory(**same | {"unit": "g/L"})
    ObservationFactory(**same | {"code": "718-7"})
    ObservationFactory(**same | {"value_number": None})
    ObservationFactory(**same | {"entered_in_error": True})
    ObservationFactory(**{key: value for key, value in same.items() if key != "patient"})
    assert [row.pk for row in Result.objects.series_of(first)] == [first.pk, second.pk]


@pytest.mark.django_db
def test_blood_pressure_is_read_from_its_parts() -> None:
    observation = ObservationFactory(code="85354-9", category="vital-signs")
    assert observation.blood_pressure == ""
    for position, (code, number) in enumerate([("8462-4", "81.36"), ("8480-6", "126.5")]):
        ObservationComponent.objects.create(
            observation=observation, position=position, code=code, value_text=number, value_number=Decimal(number)
        )
    assert VitalSign.objects.with_parts().get().blood_pressure == "127/81"


@pytest.mark.django_db
def test_report_is_pending_until_it_says_something() -> None:
    report = ReportFactory(status="registered")
    assert report.is_pending
    ObservationFactory(patient=report.patient, report=report, value_text="5")
    assert not DiagnosticReport.objects.get().is_pending
    assert ReportFactory(status="corrected").is_corrected


@pytest.mark.django_db
def test_notes_and_vital_panels_are_not_test_results() -> None:
    lab = ReportFactory(category="laboratory")
    note = ReportFactory(category="note")
    ReportFactory(category="vital-signs")
    assert list(DiagnosticReport.objects.results()) == [lab]
    assert list(DiagnosticReport.objects.notes()) == [note]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_version_is_of_exactly_one_thing() -> None:
    for owners in ({}, {"report": ReportFactory(), "observation": ObservationFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResultVersion.objects.create(number=1, replaced_at=AT, **owners)
