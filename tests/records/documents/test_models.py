import pytest

from records.models import DocumentReference
from tests.factories.chart import DocumentFactory


@pytest.mark.django_db
def test_replaced_documents_stay_and_say_so() -> None:
    replaced = DocumentFactory(status="superseded")
    current = DocumentFactory(status="current")
    assert replaced.is_superseded
    assert DocumentReference.objects.count() == 2
    assert list(DocumentReference.objects.current()) == [current]
