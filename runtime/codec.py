"""What Temporal stores is sealed: AES-256-GCM over every payload, with the key's number in its metadata."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

from store.sealing import Keyring

_ENCODING = b"binary/sealed"
_NONCE_BYTES = 12


class SealingCodec(PayloadCodec):
    """Seals payloads on the way to Temporal and opens them on the way back; what is not sealed passes as it is."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each payload."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open each sealed payload."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        number = self._keyring.current
        nonce = self._keyring.entropy(_NONCE_BYTES)
        body = AESGCM(self._keyring.keys[number]).encrypt(nonce, payload.SerializeToString(), _ENCODING)
        return Payload(metadata={"encoding": _ENCODING, "key": str(number).encode()}, data=nonce + body)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != _ENCODING:
            return payload
        key = self._keyring.keys[int(payload.metadata["key"])]
        plain = AESGCM(key).decrypt(payload.data[:_NONCE_BYTES], payload.data[_NONCE_BYTES:], _ENCODING)
        return Payload.FromString(plain)


def data_converter(keyring: Keyring) -> DataConverter:
    """JSON in sealed payloads; messages and stacks of failures are sealed too."""
    return dataclasses.replace(
        DataConverter.default,
        payload_codec=SealingCodec(keyring),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
