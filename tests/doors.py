"""Browsers that were let in, and the button of a page pressed as a browser presses it."""

import re
from typing import Any

from django.test import Client

from records.access import handles
from records.access.doors import Door

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


def hold(client: Client, door: Door[Any], row: Any) -> str:
    """Lets the browser through the door without its proof; returns the handle that stands in its paths."""
    session = client.session
    handle = handles.add(session, door.key, str(row.pk))
    session.save()
    return handle


def press(client: Client, address: str, **typed: str) -> Any:
    """Opens a page and presses the button of its form, which posts what the page holds and what is typed."""
    page = client.get(address)
    assert page.status_code == 200, (page.status_code, page.headers.get("Location"))
    return post_from(client, page, address, **typed)


def post_from(client: Client, page: Any, address: str, **typed: str) -> Any:
    """Presses the button of a page that was opened before."""
    return client.post(address, hidden(page.content.decode()) | typed)


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of the form in a page's main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return {name: value for name, value in _HIDDEN.findall(main) if name != "csrfmiddlewaretoken"}
