"""Codecs and checks that several countries or platforms share: payment QR texts, IBANs, references, numbers."""
