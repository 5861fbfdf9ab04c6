import datetime as dt
import json

import pytest

from billing.payments.gateways.protocol import BadNotice
from billing.sandbox import notices

pytestmark = pytest.mark.sqlite

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
BODY = json.dumps({"id": "sbx_evt_1", "type": "checkout.completed", "checkout": "sbx_cs_1", "livemode": False}).encode()


def test_what_we_signed_is_read():
    notice = notices.authenticate(BODY, notices.sign(BODY, NOW), NOW)
    assert (notice.event_id, notice.checkout_ref, notice.livemode) == ("sbx_evt_1", "sbx_cs_1", False)


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_signature_of_another_time_is_refused(seconds):
    headers = notices.sign(BODY, NOW + dt.timedelta(seconds=seconds))
    with pytest.raises(BadNotice, match="time"):
        notices.authenticate(BODY, headers, NOW)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_clocks_may_differ_by_five_minutes(seconds):
    assert notices.authenticate(BODY, notices.sign(BODY, NOW + dt.timedelta(seconds=seconds)), NOW)


def test_changed_body_is_refused():
    with pytest.raises(BadNotice, match="signature"):
        notices.authenticate(BODY.replace(b"sbx_cs_1", b"sbx_cs_2"), notices.sign(BODY, NOW), NOW)


def test_changed_time_is_refused():
    headers = notices.sign(BODY, NOW)
    moved = {notices.HEADER: headers[notices.HEADER].replace("t=", "t=1", 1)}
    with pytest.raises(BadNotice, match="signature"):
        notices.authenticate(BODY, moved, NOW)


def test_another_key_is_refused(settings):
    headers = notices.sign(BODY, NOW)
    settings.SANDBOX_NOTICE_KEY = "another"
    with pytest.raises(BadNotice, match="signature"):
        notices.authenticate(BODY, headers, NOW)


@pytest.mark.parametrize("header", [None, "", "t=1", "t=x,v1=y", "t=" + "9" * 400 + ",v1=" + "0" * 64])
def test_malformed_signature_is_refused(header):
    headers = {} if header is None else {notices.HEADER: header}
    with pytest.raises(BadNotice):
        notices.authenticate(BODY, headers, NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"3", b"{}", b"\xff\xfe", b'{"id": "1"}', b"null"])
def test_signed_nonsense_is_refused(body):
    with pytest.raises(BadNotice, match="body"):
        notices.authenticate(body, notices.sign(body, NOW), NOW)
