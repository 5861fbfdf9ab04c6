"""The frame of every e-mail stands without a request."""

from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string


def test_mail_names_the_organisation_without_a_request() -> None:
    for layout in ("layouts/email.txt", "layouts/email.html"):
        mail = render_to_string(layout)
        for expected in (settings.SERVICE_PHONE, settings.ORGANIZATION_NAME, "Not for emergencies. Call 911."):
            assert expected in mail


def test_plain_mail_is_not_escaped_and_html_mail_is() -> None:
    source = '{{% extends "layouts/email.{0}" %}}{{% block body %}}{{{{ name }}}}{{% endblock %}}'
    django = engines["django"]
    plain, rich = (django.from_string(source.format(kind)).render({"name": "O'Brien <b>"}) for kind in ("txt", "html"))
    assert "O'Brien <b>" in plain
    assert "O&#x27;Brien &lt;b&gt;" in rich
