import pytest
from django.apps import apps

from records.models import ControlledDrug, RefillText
from records.refills import default_controlled, texts
from records.refills.controlled import ControlledList, controlled_list

DEFAULTS = ControlledList((words, "", schedule) for words, schedule in default_controlled.words_by_schedule())


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("Oxycodone 5 mg tablet", "II"),
        ("Acetaminophen 325 MG / Hydrocodone Bitartrate 5 MG Oral Tablet", "II"),
        ("Methylphenidate 27 mg extended-release tablet", "II"),
        ("Codeine sulfate 30 mg tablet", "II"),
        ("Acetaminophen 300 mg and codeine 30 mg tablet", "III"),
        ("Codeine 2 mg/mL / promethazine syrup", "V"),
        ("Testosterone gel", "III"),
        ("LORAZEPAM 0.5 MG", "IV"),
        ("Tramadol 50 mg", "IV"),
        ("Pregabalin 75 mg", "V"),
        ("OxyContin 10 mg", "II"),
        ("Syndros 5 mg/mL", "II"),
        ("Tylenol with Codeine #3", "III"),
        ("Suboxone 8 mg-2 mg film", "III"),
        ("Xanax 0.5 MG", "IV"),
        ("Lyrica 75 mg", "V"),
        ("Tylenol 500 mg", ""),
        ("Metformin 500 mg tablet", ""),
        ("Dextromethorphan syrup", ""),
        ("", ""),
    ],
)
def test_schedule_follows_from_the_name(name, schedule):
    assert DEFAULTS.schedule_of("", name) == schedule


def test_words_are_whole_words():
    assert ControlledList([("oxy", "", "II")]).schedule_of("", "Oxycodone") == ""


def test_code_counts_before_words():
    drugs = ControlledList([("dronabinol", "", "III"), ("dronabinol", "1814020", "II")])
    assert drugs.schedule_of("1814020", "Dronabinol 5 mg/mL solution") == "II"
    assert drugs.schedule_of("197635", "Dronabinol 5 mg capsule") == "III"


@pytest.mark.django_db
def test_staff_keep_the_list():
    ControlledDrug.objects.create(words="newdrug", schedule="IV")
    assert controlled_list().schedule_of("", "NewDrug 5 mg") == "IV"


@pytest.mark.django_db
def test_defaults_load_twice_without_doubles():
    for module in (default_controlled, texts):
        module.load(apps, None)
        module.load(apps, None)
    assert ControlledDrug.objects.filter(words="lorazepam").count() == 1
    assert RefillText.objects.filter(purpose="denial").exists()
