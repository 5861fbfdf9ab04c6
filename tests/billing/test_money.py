from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from billing import money


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("125.50", 12550),
        ("125.5", 12550),
        ("125", 12500),
        ("$1,234.56", 123456),
        (" 0.50 ", 50),
        ("1,000,000", 100000000),
    ],
)
def test_amounts_are_read_as_people_write_them(typed, cents):
    assert money.parse_dollars(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1.234",
        "1,23",
        "12,34.00",
        "1e3",
        "NaN",
        "inf",
        "-5",
        "1.",
        ".5",
        "٣",
        "1 000",
        "99999999.00",
        "1,2345",
    ],
)
def test_what_may_mean_two_things_is_refused_in_words(typed):
    with pytest.raises(ValidationError, match="dollars and cents"):
        money.parse_dollars(typed)


@given(st.integers(0, 9_999_999_99))
def test_what_is_shown_can_be_typed_back(cents):
    assert money.parse_dollars(money.format_cents(cents)) == cents


@given(st.text(max_size=12))
def test_whatever_is_typed_is_an_amount_or_refused_in_words(typed):
    try:
        cents = money.parse_dollars(typed)
    except ValidationError as error:
        assert "dollars and cents" in error.messages[0]
    else:
        assert 0 <= cents < 10**9


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (25_00, "usd", "$25.00"),
        (1_234_05, "eur", "1,234.05 EUR"),
        (-5, "cad", "−0.05 CAD"),
        (2_500, "jpy", "2,500 JPY"),
        (0, "krw", "0 KRW"),
        (12_345, "kwd", "12.345 KWD"),
        (99_999_999_99, "gbp", "99,999,999.99 GBP"),
    ],
)
def test_other_currencies_are_named_and_have_their_own_decimals(cents, currency, text):
    assert money.format_in(cents, currency) == text


@given(st.integers(0, 9_999_999), st.integers(0, 99))
def test_amounts_without_commas_or_dollar_sign_are_read_to_the_cent(dollars, cents):
    assert money.parse_dollars(f"{dollars}.{cents:02d}") == dollars * 100 + cents


@pytest.mark.parametrize(
    ("cents", "shown"), [(0, "$0.00"), (5, "$0.05"), (124000, "$1,240.00"), (1_234_567_89, "$1,234,567.89")]
)
def test_amounts_are_shown_to_the_cent_in_groups_of_three(cents, shown):
    assert money.format_cents(cents) == shown


def test_negative_amounts_have_a_true_minus_sign():
    assert money.format_cents(-6250) == "−$62.50"


@pytest.mark.parametrize(
    ("value", "cents"),
    [(28.104000000000003, 2810), ("0.005", 1), ("0.0049", 0), (Decimal("1.015"), 102), (125, 12500), (-2.5, -250)],
)
def test_files_amounts_are_rounded_half_up(value, cents):
    assert money.from_number(value) == cents


@given(st.decimals(-(10**8), 10**8, places=2))
def test_files_amounts_in_cents_are_kept_exactly(value):
    assert Decimal(money.from_number(value)) == value * 100
    assert money.from_number(str(value)) == money.from_number(value)


@given(st.floats(-1e8, 1e8))
def test_files_amounts_are_never_half_a_cent_off(value):
    assert abs(money.from_number(value) - Decimal(str(value)) * 100) <= Decimal("0.5")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e12", "1000000000", "ten", ""])
def test_files_nonsense_is_refused(value):
    with pytest.raises(ValueError, match="not an amount"):
        money.from_number(value)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_parts_add_up_and_none_is_a_cent_off_its_share(cents, weights):
    parts = money.split(cents, weights)
    assert sum(parts) == cents
    assert all(
        abs(part * sum(weights) - cents * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize(
    ("cents", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [1, 0, 2], [33, 0, 67]),
        (5, [1, 1], [3, 2]),
        (0, [3, 4], [0, 0]),
        (1, [1, 2], [0, 1]),
    ],
)
def test_odd_cents_go_to_the_largest_remainders_and_then_to_the_first(cents, weights, parts):
    assert money.split(cents, weights) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_nothing_to_divide_by_is_refused(weights):
    with pytest.raises(ValueError, match="weights must add up"):
        money.split(100, weights)
