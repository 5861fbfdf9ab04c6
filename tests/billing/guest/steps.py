"""How a guest asks, and what of an answer may differ between any two of them."""

import re
from typing import Any

from captcha.models import CaptchaStore
from django.test import Client

URL = "/pay/"
# Made anew for every page: the form's token, and the key of the characters.
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w{64}"')
_KEY = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")


def ask(client: Client, number: str = "10204417", last_name: str = "O'Brien-Garcia", **changes: str) -> Any:
    """One try with the characters typed right, unless `changes` says otherwise."""
    key = CaptchaStore.generate_key()
    answer = CaptchaStore.objects.get(hashkey=key).response
    data = {"captcha_0": key, "captcha_1": answer, "account_number": number, "last_name": last_name}
    return client.post(URL, data | changes)


def bare(response: Any, *typed: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and page without what is new on each, and without what was typed."""
    page = _KEY.sub("K" * 40, _TOKEN.sub("T", response.content.decode()))
    for text in typed:
        page = page.replace(f'value="{text}"', f'value="{"x" * len(text)}"')
    return response.status_code, dict(response.headers), page
