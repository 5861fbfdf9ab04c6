"""The bar of a visit's money."""

import pytest

from billing.models import VisitAccount
from billing.summary.bars import bar_of


def _visit(**cents: int) -> VisitAccount:
    return VisitAccount(**cents)


def test_bar_has_a_segment_for_every_part_in_the_order_of_the_story() -> None:
    visit = _visit(
        billed_cents=690_00, discount_cents=241_00, insurance_cents=158_00, paid_cents=75_00, patient_cents=216_00
    )
    bar = bar_of([visit])
    assert bar is not None
    assert [segment.kind for segment in bar.segments] == ["adj", "ins", "paid", "you"]
    assert bar.total == "$690.00"
    assert bar.sentence == (
        "Of $690.00 billed: insurance discount $241.00, insurance paid $158.00, paid $75.00, you owe $216.00."
    )


def test_segments_fill_the_bar_and_do_not_overlap() -> None:
    bar = bar_of([_visit(billed_cents=2310_00, discount_cents=884_00, insurance_cents=1213_84, patient_cents=212_16)])
    assert bar is not None
    ends = [(float(segment.x), float(segment.x) + float(segment.width)) for segment in bar.segments]
    assert ends[0][0] == 0
    assert ends[-1][1] == pytest.approx(100, abs=0.05)
    assert all(before[1] < after[0] for before, after in zip(ends, ends[1:], strict=False))


def test_part_of_a_few_cents_can_still_be_seen() -> None:
    bar = bar_of([_visit(billed_cents=10_000_00, insurance_cents=9_999_99, patient_cents=1)])
    assert bar is not None
    assert float(bar.segments[-1].width) > 0.5


def test_what_is_set_aside_is_called_by_why() -> None:
    bar = bar_of(
        [_visit(billed_cents=800, patient_cents=800, hold="plan"), _visit(billed_cents=145, patient_cents=145)]
    )
    assert bar is not None
    assert [(segment.kind, str(segment.label)) for segment in bar.segments] == [
        ("you", "You owe"),
        ("held", "On a payment plan"),
    ]


def test_several_visits_make_one_bar() -> None:
    bar = bar_of([_visit(billed_cents=100, patient_cents=100), _visit(billed_cents=50, insurer_cents=50)])
    assert bar is not None
    assert [(segment.kind, segment.amount) for segment in bar.segments] == [("wait", "$0.50"), ("you", "$1.00")]


@pytest.mark.parametrize("visits", [[], [_visit()], [_visit(patient_cents=-5)]])
def test_nothing_billed_draws_nothing(visits: list[VisitAccount]) -> None:
    assert bar_of(visits) is None
