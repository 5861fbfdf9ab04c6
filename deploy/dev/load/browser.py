"""A browser without JavaScript, and a person before it who loads a page again when the connection breaks."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

from load.diary import Diary

PATIENCE_SECONDS = 45
MOST_REDIRECTS = 10

# Names of fields with what is typed or chosen.
type Typed = Mapping[str, str | list[str]]

# What differs between two pages of one kind: ids, handles, tokens.
_OWN = re.compile(r"/(?=[\w-]*[\d_A-Z-])[\w-]{9,}(?=/)")


@dataclass
class Form:
    """What it posts as it stands, and the values that its radios and boxes offer."""

    url: str
    fields: dict[str, str] = field(default_factory=dict)
    offers: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    url: str
    status: int
    html: str

    def form(self, having: str) -> Form | None:
        """The form with a field of that name; None when the page has none."""
        reader = _FormReader(self.url)
        reader.feed(self.html)
        return next((form for form in reader.forms if having in form.fields or having in form.offers), None)

    def link(self, text: str) -> str:
        """The address behind a link's text."""
        match = re.search(rf'<a href="([^"]+)">{text}</a>', self.html)
        return urljoin(self.url, match[1].replace("&amp;", "&")) if match else ""


class _FormReader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url, self.forms, self._is_inside = url, list[Form](), False

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag == "form":
            self.forms.append(Form(urljoin(self._url, attributes.get("action", ""))))
            self._is_inside = True
        elif not self._is_inside or not name:
            return
        elif attributes.get("type") in ("radio", "checkbox") or tag == "button":
            self.forms[-1].offers.setdefault(name, []).append(value or "on")
            if "checked" in attributes:
                self.forms[-1].fields[name] = value or "on"
        elif tag == "input":
            self.forms[-1].fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "form"


class Browser:
    """Keeps cookies under an address of its own, since the portal counts tries by address."""

    def __init__(self, origin: str, address: str, diary: Diary) -> None:
        self.origin, self._diary = origin, diary
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers.update({"X-Forwarded-For": address, "Connection": "close"})

    def open(self, url: str) -> Page:
        return self._ask("GET", urljoin(self.origin, url), {})

    def press(self, form: Form, typed: Typed, *, is_followed: bool = True) -> Page:
        """Posts what the form holds and what is typed; whoever closes the tab at once follows nothing."""
        return self._ask("POST", form.url, {**form.fields, **typed}, is_followed=is_followed)

    def _ask(self, method: str, url: str, data: Typed, *, is_followed: bool = True) -> Page:
        began = time.monotonic()
        page, to = self._once_more(method, url, data)
        for _ in range(MOST_REDIRECTS):
            if not to or not is_followed:
                break
            page, to = self._once_more("GET", urljoin(page.url, to), {})
        self._diary.waited(time.monotonic() - began)
        return page

    def _once_more(self, method: str, url: str, data: Typed) -> tuple[Page, str]:
        """A page, and where it redirects to; asked for again while nobody answers, as when a process was killed."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self._session.request(
                    method, url, data=data, timeout=2 * PATIENCE_SECONDS, allow_redirects=False
                )
                break
            except requests.RequestException as error:
                self._diary.note("connections broken")
                if time.monotonic() > until:
                    self._diary.blame(f"No answer to {method} {_kind_of(url)}: {type(error).__name__}.")
                    raise
                time.sleep(0.5)
        self._diary.note("pages")
        if answer.status_code >= 500:
            self._diary.blame(f"{answer.status_code} to {method} {_kind_of(url)}.")
        return Page(url, answer.status_code, answer.text), answer.headers.get("Location", "")


def _kind_of(url: str) -> str:
    """The path without what is secret or differs from page to page."""
    return _OWN.sub("/…", urlsplit(url).path)
