"""The field that asks for the characters, with its picture, its sound where there is a voice, and new ones."""

from typing import Any

from captcha.fields import CaptchaField, CaptchaTextInput
from captcha.models import CaptchaStore
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing.guest.captcha.picture import HEIGHT, WIDTH


class CaptchaInput(CaptchaTextInput):
    template_name = "billing/guest/_captcha.html"
    use_fieldset = False  # One input is seen: its label stands for both.

    def image_url(self) -> str:
        return reverse("captcha-image", args=[self._key, "light"])

    def audio_url(self) -> str | None:
        return reverse("captcha-audio", args=[self._key]) if settings.FLITE_PATH else None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        dark = reverse("captcha-image", args=[self._key, "dark"])
        return context | {"dark_image": dark, "width": WIDTH, "height": HEIGHT}

    def fetch_captcha_store(self, name: str, value: Any, attrs: Any = None, generator: Any = None) -> None:
        self._key = CaptchaStore.generate_key(generator)
        self._value = [self._key, ""]
        self.id_ = self.build_attrs(attrs).get("id", None)


class OnceCaptchaField(CaptchaField):
    """Hands on the key and the answer; `challenges.spend` decides, once the rest of the form is in order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Type the characters you see"),
            widget=CaptchaInput(),
            error_messages={"required": _("Type the characters you see.")},
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> tuple[str, str]:
        return (data_list[0], data_list[1]) if data_list else ("", "")

    def clean(self, value: Any) -> tuple[str, str]:
        # The library's own clean spends the challenge in two steps, which parallel posts can pass between.
        compressed: tuple[str, str] = super(CaptchaField, self).clean(value)
        return compressed
