"""How French is written here: Django's own, but moments as all pages, mails and files say them: 28/11/2026 14:03."""

DATETIME_FORMAT = "d/m/Y H:i"
DATE_FORMAT = "d/m/Y"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
