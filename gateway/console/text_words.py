"""What networks tell of notices and what people write back, in the console's words."""

from __future__ import annotations

from typing import Final

from connectors.wording.payment_labels import marked

TEXT_LABELS: Final = {
    "delivery": {
        "accepted": marked("On its way"),
        "delivered": marked("Delivered"),
        "failed": marked("Not delivered"),
    },
    "meaning": {
        "message": marked("Message"),
        "opt_out": marked("Opted out"),
        "perhaps_opt_out": marked("May ask to be left alone"),
    },
}

TEXT_TIMELINE: Final = {
    "notice_delivered": marked("Notice delivered"),
    "notice_undelivered": marked("Notice not delivered"),
    "debtor_wrote": marked("Debtor wrote"),
    "debtor_opted_out": marked("Debtor opted out of this channel"),
}
