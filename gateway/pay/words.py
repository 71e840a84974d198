"""The pay page's own words by code: methods, holds, promises, refusals and what was done, each an English msgid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def marked(msgid: str) -> str:
    """The msgid itself; the name is what extraction looks for."""
    return msgid


_TRANSFER: Final = marked("Bank transfer")
_WALLET: Final = marked("E-wallet")
METHODS: Final[Mapping[str, str]] = {
    "iban_transfer": _TRANSFER,
    "cbu_transfer": _TRANSFER,
    "cl_transfer": _TRANSFER,
    "cci_transfer": _TRANSFER,
    "bakong_transfer": _TRANSFER,
    "bank_transfer": _TRANSFER,
    "card": marked("Card"),
    "cash": marked("Cash"),
    "virtual_account": marked("Virtual account"),
    "ewallet": _WALLET,
    "wallet": _WALLET,
}
BRANDS: Final[Mapping[str, str]] = {
    "pix": "Pix",
    "pix_static": "Pix",
    "pix_dynamic": "Pix",
    "bre_b": "Bre-B",
    "spei": "SPEI",
    "qris": "QRIS",
    "duitnow": "DuitNow QR",
    "qr_ph": "QR Ph",
    "qrph": "QR Ph",
    "paynow": "PayNow",
    "promptpay": "PromptPay",
    "promptpay_bill": "PromptPay",
    "vietqr": "VietQR",
    "khqr": "KHQR",
    "pse": "PSE",
    "nequi": "Nequi",
    "bancolombia": "Bancolombia",
    "knet": "KNET",
    "benefit": "BENEFIT",
    "mada": "mada",
    "naps": "NAPS",
    "omannet": "OmanNet",
    "fawry": "Fawry",
    "momo": "MoMo",
    "zalopay": "Zalopay",
    "oxxo": "OXXO",
    "boleto": "Boleto",
}
"""Names that are the same in every language."""

HOLDS: Final[Mapping[str, str]] = {
    "dispute": marked("You have objected to this debt. It is being looked into."),
    "complaint": marked("Your complaint is being looked into."),
    "hardship": marked("You have told us that paying is hard now. Other terms are being looked at."),
    "insolvency": marked("Insolvency proceedings are noted for this debt."),
    "death": marked("A death is noted. Nobody is asked to pay here."),
    "representation": marked("Somebody represents you in this matter."),
    "cease": marked("You have asked not to be contacted."),
    "legal_hold": marked("This debt rests for a legal reason."),
}

RIGHTS: Final[Mapping[str, str]] = {
    "access": marked("See what is kept about me"),
    "correction": marked("Correct what is wrong"),
    "erasure": marked("Erase what is not needed"),
    "objection": marked("Object to how it is used"),
    "portability": marked("Get a copy to take with me"),
}

REFUSALS: Final[Mapping[str, str]] = {
    "form_not_ours": marked("The page had been open for too long, or cookies are off. Please try once more."),
    "amount_malformed": marked("Write the amount in digits, with a dot before the decimals."),
    "amount_too_precise": marked("The amount has more decimals than the currency."),
    "amount_not_positive": marked("The amount must be above zero."),
    "promise_amount_invalid": marked("The amount must be above zero."),
    "amount_above_owed": marked("The amount is more than what you owe."),
    "date_malformed": marked("Choose a day from the calendar."),
    "promise_date_past": marked("This day has passed. Choose today or a later day."),
    "promise_date_too_late": marked("This day is too far away. Choose one within sixty days."),
    "reason_missing": marked("Please say in a few words what it is about."),
    "text_too_long": marked("This is too long. Please say it in fewer words."),
    "data_right_unknown": marked("Choose one of the list."),
    "rail_not_offered": marked("This way to pay is not offered now. Choose another."),
    "hold_overlaps": marked("This is noted already. You need not do anything more."),
    "instalments_not_offered": marked("This plan is not offered now. Choose another, or write to us."),
    "no_rail": marked("This way to pay is not offered now. Choose another."),
    "amount_outside_limits": marked("This way to pay does not take such an amount. Choose another."),
    "case_closed": marked("Nothing is asked of you here any more."),
    "too_many_requests": marked("The page was opened too often. Please wait a little and try again."),
    "pay_link_dead": marked("This link does not work any more. Ask the creditor for a new one."),
    "unsubscribe_dead": marked("This link does not work. Write to the address in the message instead."),
    "page_unknown": marked("This link does not work any more. Ask the creditor for a new one."),
}
NOT_NOW: Final = marked("This did not work just now. Please try again in a few minutes.")
"""What any other refusal is told as: its reason is ours to mend, not the debtor's."""

DONE: Final[Mapping[str, str]] = {
    "promise": marked("Thank you. Your promise is noted, and you are not reminded until then."),
    "plan": marked("Thank you. Your plan is noted, and you are not reminded while you keep to it."),
    "dispute": marked("Your objection is noted. Nobody asks you for this money while it is looked into."),
    "complaint": marked("Your complaint is noted, and you will get an answer."),
    "hardship": marked("It is noted that paying is hard for you now. You are left in peace while terms are looked at."),
    "cease": marked("It is noted that you do not want to be contacted. Everybody who works on this has to keep to it."),
    "data": marked("Your request is noted, and you will get an answer."),
    "code": marked("Here is your payment code."),
    "later": marked("The code is being made. Open this page again in a few minutes, or pay another way."),
    "pending": marked("What you sent has arrived and is being noted. Open this page again in a moment."),
}
"""What was done, by the mark that the page's address carries after a form."""
