import pytest

from billing.ledger.names import name_key

SAME = [
    ["O'Brien", "O’Brien", "OBRIEN", "o brien", "Oʼbrien"],
    ["García-López", "Garcia Lopez", "GARCÍA‑LÓPEZ", "garcialopez"],
    ["Straße", "Strasse", "STRASSE"],
    ["Łukasz", "Lukasz"],
    ["Nguyễn", "Nguyen", "NGUYỄN"],
    ["Smith, Jr.", "Smith", "SMITH JR", "Smith III"],
    ["St. John", "St John", "ST.JOHN"],
    ["Ｇｒａｙ", "Gray"],
    ["Müller", "Muller"],
    ["Bjørnsen", "Bjornsen"],
    ["Þórsson", "Thorsson"],
    ["D’Angelo", "DAngelo"],
    ["de la Cruz", "De La Cruz", "delacruz"],
    ["Æbler", "Aebler"],
    ["Jr", "JR."],
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda group: group[0])
def test_spellings_of_one_name_are_equal(spellings):
    assert len({name_key(spelling) for spelling in spellings}) == 1
    assert name_key(spellings[0])


@pytest.mark.parametrize("suffix", ["Jr", "Sr.", "II", "III", "IV", "V", "MD", "PhD", "Esq.", "Jr., MD"])
def test_suffix_after_a_name_is_not_part_of_it(suffix):
    assert name_key(f"Smith, {suffix}") == name_key("Smith")


@pytest.mark.parametrize("nothing", ["", "--", " ' ", "…", "\u0301"])
def test_nothing_stays_nothing(nothing):
    assert name_key(nothing) == ""


def test_different_names_stay_different():
    assert len({name_key(group[0]) for group in SAME}) == len(SAME)
