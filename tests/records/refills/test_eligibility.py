"""What can be asked for, case by case, without a database."""

import datetime as dt

import pytest

from records.refills.eligibility import Facts, Rules, Why, add_months, judge, last_day_of, refills_left
from records.refills.states import Kind

RULES = Rules(early_days=7, valid_months=12)
DAY = dt.date(2026, 11, 24)


def ago(days: int) -> dt.date:
    return DAY - dt.timedelta(days=days)


NEW = {"written_on": ago(30), "refills_allowed": 3}

CASES = [
    ("none left", {"written_on": ago(100), "refills_allowed": 0}, Why.NONE_LEFT, Kind.RENEWAL),
    ("none ordered was told", {"written_on": ago(100), "refills_allowed": None}, Why.UNKNOWN, Kind.RENEWAL),
    ("day of writing not known", {"written_on": None, "refills_allowed": 3}, Why.UNKNOWN, Kind.RENEWAL),
    ("two of three used", {**NEW, "fills": 3}, Why.AT_PHARMACY, None),
    ("all of three used", {**NEW, "fills": 4}, Why.NONE_LEFT, Kind.RENEWAL),
    ("more filled than ordered", {**NEW, "fills": 9}, Why.NONE_LEFT, Kind.RENEWAL),
    ("left, elsewhere", NEW, Why.AT_PHARMACY, None),
    ("left, at our own pharmacy", {**NEW, "is_filled_by_us": True}, Why.OUR_PHARMACY, Kind.REFILL),
    ("none left at our own pharmacy", {**NEW, "is_filled_by_us": True, "fills": 4}, Why.NONE_LEFT, Kind.RENEWAL),
    ("a year old today", {**NEW, "written_on": dt.date(2025, 11, 24)}, Why.AT_PHARMACY, None),
    ("a year and a day old", {**NEW, "written_on": dt.date(2025, 11, 23)}, Why.EXPIRED, Kind.RENEWAL),
    ("good until today", {**NEW, "valid_until": DAY}, Why.AT_PHARMACY, None),
    ("good until yesterday", {**NEW, "valid_until": ago(1)}, Why.EXPIRED, Kind.RENEWAL),
    ("end given, day of writing not", {"valid_until": DAY, "refills_allowed": 1}, Why.AT_PHARMACY, None),
    # 21 CFR 1306.12(a)
    ("schedule II", {**NEW, "schedule": "II"}, Why.NO_REFILLS_BY_LAW, Kind.NEW_PRESCRIPTION),
    ("schedule II at our own", {**NEW, "schedule": "II", "is_filled_by_us": True}, Why.NO_REFILLS_BY_LAW, Kind.NEW_PRESCRIPTION),
    ("schedule II of long ago", {"schedule": "II", "written_on": ago(900)}, Why.NO_REFILLS_BY_LAW, Kind.NEW_PRESCRIPTION),
    # 21 CFR 1306.22(a)
    ("schedule IV on its last day", {**NEW, "schedule": "IV", "written_on": dt.date(2026, 5, 24)}, Why.AT_PHARMACY, None),
    ("schedule IV a day later", {**NEW, "schedule": "IV", "written_on": dt.date(2026, 5, 23)}, Why.EXPIRED, Kind.RENEWAL),
    ("schedule III a day later", {**NEW, "schedule": "III", "written_on": dt.date(2026, 5, 23)}, Why.EXPIRED, Kind.RENEWAL),
    ("schedule V at eight months", {**NEW, "schedule": "V", "written_on": ago(240)}, Why.AT_PHARMACY, None),
    ("schedule IV, a year promised", {**NEW, "schedule": "IV", "written_on": ago(240), "valid_until": DAY}, Why.EXPIRED, Kind.RENEWAL),
    ("schedule IV, shorter promised", {**NEW, "schedule": "IV", "valid_until": ago(1)}, Why.EXPIRED, Kind.RENEWAL),
    ("schedule IV, day not known", {"schedule": "IV", "refills_allowed": 3, "valid_until": DAY}, Why.UNKNOWN, Kind.RENEWAL),
    ("schedule IV, five refills used of eleven", {**NEW, "schedule": "IV", "refills_allowed": 11, "fills": 6}, Why.NONE_LEFT, Kind.RENEWAL),
    ("schedule IV, four refills used of eleven", {**NEW, "schedule": "IV", "refills_allowed": 11, "fills": 5}, Why.AT_PHARMACY, None),
    ("not controlled, five refills used of eleven", {**NEW, "refills_allowed": 11, "fills": 6}, Why.AT_PHARMACY, None),
    # What stands against asking at all
    ("asked for already", {"refills_allowed": 0, "written_on": ago(9), "has_open_request": True}, Why.OPEN, None),
    ("schedule II asked for already", {"schedule": "II", "has_open_request": True}, Why.OPEN, None),
    ("stopped", {**NEW, "status": "stopped"}, Why.STOPPED, None),
    ("completed", {**NEW, "status": "completed"}, Why.STOPPED, None),
    ("cancelled", {**NEW, "status": "cancelled"}, Why.STOPPED, None),
    ("entered in error", {**NEW, "status": "entered-in-error"}, Why.STOPPED, None),
    ("only a draft", {**NEW, "status": "draft"}, Why.STOPPED, None),
    ("on hold", {**NEW, "status": "on-hold"}, Why.ON_HOLD, None),
    ("told by the patient", {**NEW, "is_reported": True}, Why.OTHER_PRESCRIBER, None),
    ("in the hospital", {**NEW, "is_inpatient": True}, Why.HOSPITAL, None),
    ("status not told", {"refills_allowed": 0, "written_on": ago(100), "status": ""}, Why.NONE_LEFT, Kind.RENEWAL),
    # Too soon: 30 days from the last supply, less the 7 days before
    ("22 days after", {"refills_allowed": 0, "written_on": ago(99), "supplied_on": ago(22), "days_supply": 30}, Why.TOO_SOON, None),
    ("23 days after", {"refills_allowed": 0, "written_on": ago(99), "supplied_on": ago(23), "days_supply": 30}, Why.NONE_LEFT, Kind.RENEWAL),
    ("schedule II too soon", {"schedule": "II", "supplied_on": ago(5), "days_supply": 30}, Why.TOO_SOON, None),
    ("our own too soon", {**NEW, "is_filled_by_us": True, "supplied_on": ago(5), "days_supply": 30}, Why.TOO_SOON, None),
    ("elsewhere: they know when", {**NEW, "supplied_on": ago(5), "days_supply": 30}, Why.AT_PHARMACY, None),
    ("length of supply not known", {"refills_allowed": 0, "written_on": ago(99), "supplied_on": ago(1)}, Why.NONE_LEFT, Kind.RENEWAL),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "why", "kind"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_prescription_is_judged(facts, why, kind):
    verdict = judge(Facts(**facts), DAY, RULES)
    assert (verdict.why, verdict.kind) == (why, kind)


def test_too_soon_says_from_when():
    facts = Facts(written_on=ago(99), refills_allowed=0, supplied_on=ago(5), days_supply=30)
    verdict = judge(facts, DAY, RULES)
    assert verdict.from_date == ago(5) + dt.timedelta(days=23)
    assert judge(facts, verdict.from_date, RULES).kind == Kind.RENEWAL
    assert judge(facts, verdict.from_date - dt.timedelta(days=1), RULES).kind is None


def test_pharmacy_elsewhere_is_named_with_what_is_left_and_from_when():
    verdict = judge(Facts(**NEW, fills=2, supplied_on=ago(5), days_supply=30), DAY, RULES)
    assert (verdict.refills_left, verdict.from_date) == (2, ago(5) + dt.timedelta(days=23))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 28)),
        (dt.date(2027, 8, 31), 6, dt.date(2028, 2, 29)),
        (dt.date(2027, 8, 29), 6, dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 29), 6, dt.date(2028, 8, 29)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2026, 12, 31), 6, dt.date(2027, 6, 30)),
        (dt.date(2026, 6, 30), 6, dt.date(2026, 12, 30)),
        (dt.date(2026, 1, 1), 12, dt.date(2027, 1, 1)),
    ],
    ids=str,
)
def test_months_end_on_the_same_day_or_the_months_last(day, months, later):
    assert add_months(day, months) == later


@pytest.mark.parametrize("schedule", ["III", "IV"])
def test_six_months_end_on_a_leap_day(schedule):
    facts = Facts(schedule=schedule, written_on=dt.date(2027, 8, 31), refills_allowed=5)
    assert last_day_of(facts, RULES) == dt.date(2028, 2, 29)
    assert judge(facts, dt.date(2028, 2, 29), RULES).why == Why.AT_PHARMACY
    assert judge(facts, dt.date(2028, 3, 1), RULES).why == Why.EXPIRED


@pytest.mark.parametrize(
    ("schedule", "allowed", "fills", "left"),
    [("", 3, 0, 3), ("", 3, 1, 3), ("", 3, 2, 2), ("IV", 9, 1, 5), ("III", 9, 3, 3), ("V", 9, 1, 9), ("II", 9, 0, 0)],
    ids=str,
)
def test_refills_left_count_from_the_second_fill(schedule, allowed, fills, left):
    assert refills_left(Facts(schedule=schedule, refills_allowed=allowed, fills=fills)) == left
