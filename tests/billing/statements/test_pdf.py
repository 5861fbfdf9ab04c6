"""The letter: tagged for screen readers, the same bytes each time, and with nothing that was done."""

import datetime as dt
import hashlib

import pytest
from django.conf import settings
from page import ValidationProfile, validate_pdf_bytes

from billing.ledger.choices import Hold
from billing.statements import links, pdf
from billing.statements.letter import letter_of
from tests.billing.statements.steps import elements_of, open_pdf, text_of
from tests.factories.billing import AccountFactory, GuarantorFactory, VisitFactory, issue_statement
from tests.factories.records import PatientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOW = dt.datetime(2026, 11, 12, 14, tzinfo=dt.UTC)


@pytest.fixture
def statement():
    account = AccountFactory(
        guarantor=GuarantorFactory(given_name="Anh", family_name="Nguyễn-Łukasz"), number="10204417"
    )
    patient = PatientFactory(given="Tomas", family="Secretname")
    VisitFactory(
        account=account,
        patient=patient,
        number="7000213305",
        title="Colonoscopy",
        place="Larkspur Endoscopy",
        owed_cents=144_96,
        service_date=dt.date(2026, 9, 14),
    )
    VisitFactory(account=account, pending_cents=420_00)
    VisitFactory(account=account, owed_cents=80_00, hold=Hold.CONTESTED)
    VisitFactory(account=account, owed_cents=165_00, hold=Hold.CONFIDENTIAL, place="Teen Clinic")
    return issue_statement(account, at=NOW)


def printed_again(statement):
    letter = letter_of(statement, list(statement.lines.all()))
    return pdf.render(
        letter, number=statement.number, code_address=links.address_of(statement.link), at=statement.issued_at
    )


@pytest.mark.parametrize("visits", [0, 60])
def test_an_independent_checker_finds_every_rule_of_pdf_ua_kept(statement, visits):
    if visits:
        account = AccountFactory()
        for _ in range(visits):
            VisitFactory(account=account, owed_cents=1_00)
        statement = issue_statement(account)
    report = validate_pdf_bytes(bytes(statement.pdf), profile=ValidationProfile.PDF_UA_1)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.rules.passed > 100


class TestTags:
    def test_catalog_says_that_it_is_tagged_in_english_and_how_it_is_called(self, statement):
        reader = open_pdf(statement)
        root = reader.root_object
        assert root["/MarkInfo"]["/Marked"].value is True
        assert root["/Lang"] == "en"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
        assert reader.metadata.title.startswith("Statement S")
        assert "pdfuaid:part" in root["/Metadata"].get_data().decode()

    def test_headings_tables_and_the_code_are_what_they_are(self, statement):
        elements = elements_of(open_pdf(statement))
        kinds = [element["/S"] for element in elements]
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") == 5
        assert kinds.count("/Table") == 2
        assert kinds.count("/THead") == 2
        assert kinds.count("/TH") == 7 + 2
        headers = [element for element in elements if element["/S"] == "/TH"]
        assert all("/Scope" in str(header.get("/A")) for header in headers)
        figures = [element for element in elements if element["/S"] == "/Figure"]
        assert [bool(figure.get("/Alt")) for figure in figures] == [True]

    def test_every_page_is_read_in_the_order_of_its_tags_and_fonts_are_inside(self, statement):
        reader = open_pdf(statement)
        for page in reader.pages:
            assert page["/Tabs"] == "/S"
            for font in page["/Resources"]["/Font"].values():
                descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


class TestWords:
    def test_everything_that_a_statement_has_to_say(self, statement):
        text = text_of(statement)
        for said in (
            settings.ORGANIZATION_NAME,
            "Anh Nguyễn-Łukasz",
            "1020 4417",
            "7000 2133 05",
            "Nov 12, 2026",
            "by Dec 12, 2026",
            "$144.96",
            "Waiting for insurance: $420.00",
            "Being looked at",
            "How to pay",
            "127.0.0.1:8000/pay/",
            "Is this more than you can pay?",
            "assistance/",
            settings.SERVICE_PHONE,
            settings.SERVICE_HOURS,
            "Tomas",
        ):
            assert said in text, said

    def test_what_was_done_and_confidential_visits_are_nowhere(self, statement):
        text = text_of(statement)
        for secret in ("Colonoscopy", "Office visit", "Secretname", "Teen Clinic", "165.00"):
            assert secret not in text

    def test_names_are_text_and_no_markup(self):
        guarantor = GuarantorFactory(given_name="#panic()", family_name='*x* $y$ "z" \\ @a <b>')
        statement = issue_statement(VisitFactory(account=AccountFactory(guarantor=guarantor), owed_cents=90_00).account)
        assert '#panic() *x* $y$ "z" \\ @a <b>' in text_of(statement)

    def test_many_visits_fill_several_pages_with_the_heads_on_each(self):
        account = AccountFactory()
        for number in range(60):
            VisitFactory(account=account, owed_cents=100 + number)
        reader = open_pdf(issue_statement(account))
        assert len(reader.pages) > 2
        assert "Visit account" in reader.pages[1].extract_text()


def test_printing_again_gives_the_same_bytes(statement):
    digests = {hashlib.sha256(data).hexdigest() for data in (bytes(statement.pdf), printed_again(statement))}
    assert len(digests) == 1
    assert len(statement.pdf) < 100_000
