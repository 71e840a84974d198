"""Files by which banks are told to pay: ISO 20022 pain.001."""
