"""What Malaysian law says that has no structured place: credit reform, hire-purchase charges, data, rails."""

from __future__ import annotations

from typing import Final

from domain.contacts import Confidence
from domain.countries import LegalFact

FACTS: Final = (
    LegalFact(
        code="interest_method",
        text="From 2026-06-01 hire purchase uses the effective rate: flat rates and the Rule of 78 end, so the "
        "agreement's date decides how a balance is computed; lenders may take until 2027-03-31 to change over.",
        source="Hire-Purchase (Amendment) Act 2026 (Act A1783), gazetted 2026-01-30, ss. 5 and 12 (mylaw.my); Bank "
        "Negara Malaysia, statement of 2026-03-17 on the ministry's announcement of the day (read 2026-11-29)",
        confidence=Confidence.VERIFIED,
    ),
    LegalFact(
        code="terms_charges",
        text="Terms charges of hire purchase are at most 10% a year flat where fixed and 17% where variable.",
        source="BankingInfo; lawyerment.com",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="hire_purchase_regulator",
        text="Hire purchase stays with the ministry of domestic trade (KPDN) until the second phase of the Consumer "
        "Credit Act, about 2028.",
        source="ringgitplus.com (Malay)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="breach_notice",
        text="A breach of personal data goes to the Commissioner within 72 hours and to the people within 7 days.",
        source="PDPA (Amendment) Act 2024, in force 2025-06-01 (bakermckenzie.com; stpartners.my; tmi.gr.jp)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="data_protection_officer",
        text="Whoever keeps data of more than 20,000 people, or sensitive ones, such as of money, of more than 10,000, "
        "names a data protection officer.",
        source="PDPA (Amendment) Act 2024, in force 2025-06-01 (bakermckenzie.com; stpartners.my; tmi.gr.jp)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="returned_vehicle",
        text="Who hands the vehicle back within the 21 days of the notice owes no cost of taking it back.",
        source="Hire-Purchase Act 1967 (Act 212) s. 16A (studylib.net, table of sections; cyberessays.com)",
        confidence=Confidence.SECONDARY,
    ),
    LegalFact(
        code="islamic_late_charge",
        text="Under Islamic contracts a late charge is compensation for true loss (ta'widh); its rate is to be read.",
        source="Bank Negara Malaysia's guideline on late payment charges of Islamic banks (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
    LegalFact(
        code="withholding_tax",
        text="Interest paid abroad bears a withholding tax of 15%, unless a treaty says less.",
        source="Income Tax Act 1967 (to be checked)",
        confidence=Confidence.UNVERIFIED,
    ),
)
