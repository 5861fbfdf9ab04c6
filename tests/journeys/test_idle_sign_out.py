"""Somebody who stops clicking is warned, can stay, and is otherwise signed out."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from tests.factories.records import PASSWORD, UserFactory

type CheckPage = Callable[[Page], None]


@pytest.fixture
def idle_page(page: Page) -> Page:
    user = UserFactory()
    page.clock.install()
    page.goto("/accounts/login/?next=/settings/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/settings/")
    return page


def test_idle_person_is_warned_and_can_stay(idle_page: Page, check_page: CheckPage) -> None:
    dialog = idle_page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_be_hidden()
    idle_page.clock.fast_forward("12:00")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    check_page(idle_page)
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    idle_page.clock.fast_forward("05:00")
    expect(dialog).to_be_hidden()


def test_idle_person_is_signed_out_and_finds_the_way_back(idle_page: Page, check_page: CheckPage) -> None:
    cookie = next(cookie for cookie in idle_page.context.cookies() if cookie.get("name") == "session")
    session = SessionStore(session_key=cookie.get("value"))
    session["seen_at"] -= 16 * 60
    session.save()
    idle_page.clock.fast_forward("15:01")
    idle_page.wait_for_url("**/signed-out/?next=*")
    check_page(idle_page)
    idle_page.get_by_role("main").get_by_role("link", name="Sign in again").click()
    expect(idle_page.locator("input[name=next]").first).to_have_value("/settings/")
