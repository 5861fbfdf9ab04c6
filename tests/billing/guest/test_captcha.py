"""The characters: legible, heard where there is a voice, spent once, and served only so often."""

import io
import re
import shutil
import stat
import wave

import pytest
from captcha.models import CaptchaStore
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from billing.guest import tries
from billing.guest.captcha import challenges, picture, sound, views
from billing.guest.captcha.challenges import challenge, spend
from tests.together import together

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("within_one_minute")]


@pytest.fixture
def key():
    return CaptchaStore.generate_key()


def image_url(key: str, scheme: str = "light") -> str:
    return reverse("captcha-image", args=[key, scheme])


def audio_url(key: str) -> str:
    return reverse("captcha-audio", args=[key])


@pytest.fixture
def voice(settings, tmp_path):
    """The real flite where it is installed; else a stand-in that writes a WAV and what it was told."""
    real = shutil.which("flite")
    if real:
        settings.FLITE_PATH = real
        return
    script = tmp_path / "flite"
    # flite -t TEXT -o FILE
    script.write_text(
        "#!/usr/bin/env python3\n"
        "import sys, wave\n"
        "with wave.open(sys.argv[4], 'wb') as file:\n"
        "    file.setparams((1, 2, 8000, 0, 'NONE', ''))\n"
        "    file.writeframes(b'\\0\\0' * 800 * len(sys.argv[2]))\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    settings.FLITE_PATH = str(script)


def program(settings, tmp_path, text: str) -> None:
    script = tmp_path / "voice"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o700)
    settings.FLITE_PATH = str(script)


class TestChallenge:
    def test_has_no_characters_that_look_alike(self):
        letters = set("".join(challenge()[0] for _ in range(200)))
        assert not letters & set("0O1IL2Z5S8BG6QU")

    def test_is_longer_while_somebody_is_guessing(self):
        assert len(challenge()[0]) == challenges.LENGTH
        for _ in range(tries.LONGER):
            tries.count_failure()
        assert len(challenge()[0]) == challenges.LENGTH_UNDER_ATTACK

    def test_answer_counts_once_in_any_case_and_with_spaces(self, key):
        answer = CaptchaStore.objects.get(hashkey=key).response
        assert spend(key, f" {answer.upper()} ")
        assert not spend(key, answer)

    def test_wrong_answer_spends_the_picture_too(self, key):
        answer = CaptchaStore.objects.get(hashkey=key).response
        assert not spend(key, "nonsense")
        assert not spend(key, answer)

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_answer_counts_once_even_between_parallel_posts(self):
        key = CaptchaStore.generate_key()
        answer = CaptchaStore.objects.get(hashkey=key).response
        assert sum(together(*[lambda: spend(key, answer)] * 8)) == 1


class TestPicture:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_is_served_to_everybody_and_kept_nowhere(self, client, key, scheme):
        response = client.get(image_url(key, scheme))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/png"
        assert response["Cache-Control"] == "no-store"
        assert Image.open(io.BytesIO(response.content)).size == (2 * picture.WIDTH, 2 * picture.HEIGHT)

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_ink_stands_out_from_the_paper(self, scheme):
        def luminance(colour: str) -> float:
            parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
            linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

        light, dark = sorted(map(luminance, picture._COLOURS[scheme]), reverse=True)
        assert (light + 0.05) / (dark + 0.05) > 7

    def test_is_the_same_for_a_key_and_another_for_the_next(self):
        first = picture.draw("ACDEF", key="a" * 40, scheme="light")
        assert picture.draw("ACDEF", key="a" * 40, scheme="light") == first
        assert picture.draw("ACDEF", key="b" * 40, scheme="light") != first

    def test_long_ones_fit(self):
        drawn = Image.open(io.BytesIO(picture.draw("WMWMWMWM", key="a" * 40, scheme="light")))
        assert drawn.size == (2 * picture.WIDTH, 2 * picture.HEIGHT)

    def test_spent_and_old_ones_are_gone(self, client, key):
        CaptchaStore.objects.update(expiration=timezone.now())
        assert client.get(image_url(key)).status_code == 410
        assert client.get(image_url("0" * 40)).status_code == 410

    def test_one_address_gets_only_so_many(self, client, key, monkeypatch):
        monkeypatch.setattr(views, "PICTURES_PER_ADDRESS", 2)
        assert [client.get(image_url(key)).status_code for _ in range(3)] == [200, 200, 429]


class TestSound:
    def test_each_character_is_a_word_of_its_own(self):
        assert sound.spelled("D3K") == "delta. 3. kilo."

    def test_every_letter_that_can_come_has_a_word(self):
        assert set(sound._WORDS) == {letter for letter in challenges._LEGIBLE if letter.isalpha()}

    def test_is_a_wav_that_players_can_ask_for_in_pieces(self, client, key, voice):
        response = client.get(audio_url(key))
        body = b"".join(response)
        assert response.status_code == 200
        assert response["Content-Type"] == "audio/wav"
        assert response["Cache-Control"] == "no-store"
        with wave.open(io.BytesIO(body)) as heard:
            assert heard.getnframes() / heard.getframerate() > 1
        piece = client.get(audio_url(key), headers={"range": "bytes=0-99"})
        assert piece.status_code == 206
        assert b"".join(piece) == body[:100]

    def test_is_gone_with_its_characters(self, client, key, voice):
        CaptchaStore.objects.all().delete()
        assert client.get(audio_url(key)).status_code == 410

    def test_one_address_and_one_challenge_get_only_so_many(self, client, settings, key, tmp_path, monkeypatch):
        program(settings, tmp_path, 'echo spoken > "$4"')
        monkeypatch.setattr(views, "SOUNDS_PER_CHALLENGE", 2)
        monkeypatch.setattr(views, "SOUNDS_PER_ADDRESS", 4)
        assert [client.get(audio_url(key)).status_code for _ in range(3)] == [200, 200, 429]
        fresh = CaptchaStore.generate_key()
        assert [client.get(audio_url(fresh)).status_code for _ in range(2)] == [200, 429]

    @pytest.mark.parametrize("text", ["exit 1", "exit 0", "sleep 60"])
    def test_a_voice_that_fails_or_hangs_is_given_up(self, client, settings, key, tmp_path, monkeypatch, text):
        program(settings, tmp_path, text)
        monkeypatch.setattr(sound, "SECONDS", 0.2)
        response = client.get(audio_url(key))
        assert response.status_code == 503
        assert response["Retry-After"]

    def test_no_more_than_two_speak_at_once(self, settings, tmp_path, monkeypatch):
        program(settings, tmp_path, 'sleep 0.6; echo spoken > "$4"')
        monkeypatch.setattr(sound, "SECONDS", 1)
        results = together(*[lambda: sound.speak("ACD")] * 6)
        assert results.count(b"spoken\n") in {2, 3, 4}
        assert any(isinstance(result, sound.NoVoice) for result in results)

    def test_without_a_voice_there_is_none_to_ask(self, client, settings, key):
        settings.FLITE_PATH = ""
        assert client.get(audio_url(key)).status_code == 503


class TestWidget:
    def test_player_is_offered_where_there_is_a_voice(self, client, settings):
        settings.FLITE_PATH = ""
        assert "<audio" not in client.get("/pay/").content.decode()
        settings.FLITE_PATH = "/usr/bin/flite"
        html = client.get("/pay/").content.decode()
        assert '<audio controls preload="none" src="/captcha/audio/' in html
        assert 'aria-label="Listen to the characters"' in html

    def test_picture_has_words_a_dark_twin_and_a_labelled_field(self, client):
        html = client.get("/pay/").content.decode()
        assert 'alt="Characters as a picture.' in html
        assert re.search(r'<source srcset="/captcha/image/\w{40}/dark/" media="\(prefers-color-scheme: dark\)">', html)
        assert '<label for="id_captcha_1">' in html
