import random

import pytest

from billing.ledger import numbers

_CHANCE = random.Random(7)  # the same in every test process
BODIES = ["".join(_CHANCE.choices("0123456789", k=length - 1)) for length in (8, 10) for _ in range(20)]
NUMBERS = [body + numbers.check_digit(body) for body in BODIES]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_wrong_digit_and_every_swap_of_neighbours_is_caught(number):
    assert numbers.is_valid(number)
    for place, right in enumerate(number):
        for wrong in set("0123456789") - {right}:
            assert not numbers.is_valid(number[:place] + wrong + number[place + 1 :])
    for place, (first, second) in enumerate(zip(number, number[1:], strict=False)):
        if first != second:
            assert not numbers.is_valid(number[:place] + second + first + number[place + 2 :])


def test_damm_digit_is_the_published_one():
    """The worked example of Damm's article: 572 has the check digit 4."""
    assert numbers.check_digit("572") == "4"
    assert numbers.is_valid("5724")


def test_issued_numbers_are_not_in_sequence():
    assert len({numbers.issue(numbers.GUARANTOR_DIGITS) for _ in range(50)}) > 45


def test_issued_numbers_are_valid_and_have_their_length_and_no_leading_zero():
    for length in (numbers.GUARANTOR_DIGITS, numbers.VISIT_DIGITS):
        issued = [numbers.issue(length) for _ in range(50)]
        assert all(len(number) == length and numbers.is_valid(number) for number in issued)
        assert not [number for number in issued if number.startswith("0")]


@pytest.mark.parametrize("nonsense", ["", "abc", "1020 4417", "-10204417", "²"])
def test_what_is_no_number_is_not_valid(nonsense):
    assert not numbers.is_valid(nonsense)


def test_digits_of_other_scripts_are_not_valid():
    number = NUMBERS[0]
    assert not numbers.is_valid("".join(chr(ord(digit) - ord("0") + ord("０")) for digit in number))


@pytest.mark.parametrize("typed", ["1020 4417", "1020-4417", "1020.4417", " 10204417\n", "1020 4417"])
def test_numbers_are_read_however_they_are_printed(typed):
    assert numbers.normalize(typed) == "10204417"


def test_imported_numbers_keep_their_letters_whatever_their_case():
    assert numbers.normalize("hb-1029/a") == "HB1029A"


@pytest.mark.parametrize(("number", "spoken"), [("10204417", "1020 4417"), ("7000213305", "7000 2133 05"), ("", "")])
def test_numbers_are_read_aloud_in_fours(number, spoken):
    assert numbers.grouped(number) == spoken
    assert numbers.normalize(spoken) == number
