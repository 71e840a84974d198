"""PagBank (PagSeguro), orders API: Pix as a code to scan in Brazil.

What a connection needs: the account's token, which PagBank must have allowed to use the orders API in production, the
gateway's address with ``/webhooks/pagbank/{connection}``, and where PagBank signs notifications with a key pair (newer
accounts do) the public key that ``GET /public-keys?type=webhook`` shows. The sandbox has a token and an address of its
own, and does not sign every notification: what is not signed is refused.

Notifications hold the order as it stands, but are proved in two ways of which accounts have one, so every order is
asked of PagBank before anything is booked.

Gaps. Boletos, cards and PagBank's own page (checkout) are not asked for here; their charges are read where they are
told. A charge shows what was refunded as a running total, without day or name, so a refund is made in PagBank's panel
and a charge with one is an error for a person to see to; so is a chargeback. What PagBank keeps is not shown, and the
layouts of its EDI files are given under contract, not published. The page that explains the older proof shows a result
without the token that makes it, so its example cannot be recomputed.
"""

from __future__ import annotations

from connectors.platforms import WEBHOOK_URL, base_url_field
from connectors.platforms.pagbank import payment_requests, signatures, status, webhooks
from domain.accounts import PlatformKind
from domain.platforms import ConfigField, PaymentRequests, Platform, StatusQuery, Webhooks

PLATFORM = Platform(
    code="pagbank",
    name="PagBank",
    kind=PlatformKind.CARD_GATEWAY,
    rails=("pix",),
    countries=("BR",),
    config=(
        ConfigField(
            name="api_key",
            label="Token",
            secret=True,
            help="The account's token; notifications may be signed with it too.",
            pattern=r"[A-Za-z0-9-]{16,255}",
        ),
        ConfigField(
            name="api_key_previous",
            label="Previous token",
            secret=True,
            required=False,
            help="Notifications signed with it are accepted while the token is renewed; remove it afterwards.",
            pattern=r"[A-Za-z0-9-]{16,255}",
        ),
        ConfigField(
            name="webhook_public_key",
            label="Public key of notifications",
            secret=True,
            required=False,
            help="As GET /public-keys?type=webhook shows it: one line of Base64.",
            pattern=signatures.PUBLIC_KEY.pattern,
        ),
        ConfigField(
            name="webhook_public_key_previous",
            label="Previous public key",
            secret=True,
            required=False,
            help="Accepted while the key is renewed; remove it afterwards.",
            pattern=signatures.PUBLIC_KEY.pattern,
        ),
        ConfigField(
            name="webhook_url",
            label="Address of this connection's webhook",
            help="Your gateway's address with /webhooks/pagbank/{connection}, written so; starts with https://.",
            pattern=WEBHOOK_URL,
        ),
        base_url_field("Empty for PagBank itself; https://sandbox.api.pagseguro.com for trying out."),
    ),
    webhooks=Webhooks(
        verify=signatures.verify,
        delivery_id=webhooks.delivery_id,
        parse=webhooks.parse,
        secret_fields=("api_key", "api_key_previous", "webhook_public_key", "webhook_public_key_previous"),
    ),
    payment_requests=PaymentRequests(
        build=payment_requests.build, read=payment_requests.read, query=payment_requests.query
    ),
    status=StatusQuery(build=status.build, read=status.read),
    sandbox_base_url="https://sandbox.api.pagseguro.com",
    docs={
        "orders": "https://developer.pagbank.com.br/docs/criar-pedido-pedido-com-qr-code",
        "notifications": "https://developer.pagbank.com.br/reference/webhooks",
        "token_proof": "https://developer.pagbank.com.br/reference/confirmar-autenticidade-da-notificacao",
        "key_proof": "https://developer.pagbank.com.br/reference/validacao-de-autenticidade",
        "charges": "https://developer.pagbank.com.br/reference/objeto-charge",
    },
)
