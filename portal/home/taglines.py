"""That help in one's language is free, in the languages most spoken in Connecticut after English (45 CFR 92.11)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tagline:
    """One language: its BCP 47 code, its own name, and the sentence, with {phone} and {tty} to fill in."""

    code: str
    language: str
    sentence: str
    direction: str = "ltr"

    def words(self, phone: str, tty: str) -> str:
        return self.sentence.format(phone=phone, tty=tty)


TAGLINES = [
    Tagline(
        "es",
        "Español",
        "ATENCIÓN: si habla español, tiene a su disposición servicios gratuitos de asistencia lingüística. "
        "Llame al {phone} (TTY: {tty}).",
    ),
    Tagline(
        "pt",
        "Português",
        "ATENÇÃO: se fala português, encontram-se disponíveis serviços linguísticos, grátis. "
        "Ligue para {phone} (TTY: {tty}).",
    ),
    Tagline(
        "pl",
        "Polski",
        "UWAGA: jeżeli mówisz po polsku, możesz skorzystać z bezpłatnej pomocy językowej. "
        "Zadzwoń pod numer {phone} (TTY: {tty}).",
    ),
    Tagline("zh-Hant", "繁體中文", "注意:如果您使用繁體中文,您可以免費獲得語言援助服務。請致電 {phone}(TTY:{tty})。"),
    Tagline(
        "it",
        "Italiano",
        "ATTENZIONE: se parla italiano, sono disponibili servizi di assistenza linguistica gratuiti. "
        "Chiami il numero {phone} (TTY: {tty}).",
    ),
    Tagline(
        "fr",
        "Français",
        "ATTENTION : si vous parlez français, des services d’aide linguistique vous sont proposés gratuitement. "
        "Appelez le {phone} (ATS : {tty}).",
    ),
    Tagline(
        "ht",
        "Kreyòl ayisyen",
        "ATANSYON: si w pale kreyòl ayisyen, gen sèvis èd pou lang ki disponib gratis pou ou. "
        "Rele {phone} (TTY: {tty}).",
    ),
    Tagline(
        "ru",
        "Русский",
        "ВНИМАНИЕ: если вы говорите на русском языке, вам доступны бесплатные услуги перевода. "
        "Звоните {phone} (телетайп: {tty}).",
    ),
    Tagline(
        "vi",
        "Tiếng Việt",
        "CHÚ Ý: nếu bạn nói tiếng Việt, có các dịch vụ hỗ trợ ngôn ngữ miễn phí dành cho bạn. "
        "Gọi số {phone} (TTY: {tty}).",
    ),
    Tagline(
        "ar",
        "العربية",
        "ملحوظة: إذا كنت تتحدث العربية، فإن خدمات المساعدة اللغوية تتوافر لك بالمجان. "
        "اتصل برقم {phone} (الهاتف النصي: {tty}).",
        direction="rtl",
    ),
    Tagline(
        "ko",
        "한국어",
        "주의: 한국어를 사용하시는 경우, 언어 지원 서비스를 무료로 이용하실 수 있습니다. "
        "{phone} (TTY: {tty})번으로 전화해 주십시오.",
    ),
    Tagline(
        "sq",
        "Shqip",
        "KUJDES: nëse flisni shqip, për ju ka në dispozicion shërbime të asistencës gjuhësore, pa pagesë. "
        "Telefononi në {phone} (TTY: {tty}).",
    ),
    Tagline(
        "hi",
        "हिन्दी",
        "ध्यान दें: यदि आप हिन्दी बोलते हैं, तो आपके लिए मुफ्त में भाषा सहायता सेवाएं उपलब्ध हैं। {phone} (TTY: {tty}) पर कॉल करें।",
    ),
    Tagline(
        "tl",
        "Tagalog",
        "PAUNAWA: kung nagsasalita ka ng Tagalog, maaari kang gumamit ng mga serbisyo ng tulong sa wika nang "
        "walang bayad. Tumawag sa {phone} (TTY: {tty}).",
    ),
    Tagline(
        "el",
        "Ελληνικά",
        "ΠΡΟΣΟΧΗ: αν μιλάτε ελληνικά, στη διάθεσή σας βρίσκονται υπηρεσίες γλωσσικής υποστήριξης, οι οποίες "
        "παρέχονται δωρεάν. Καλέστε {phone} (TTY: {tty}).",
    ),
]
