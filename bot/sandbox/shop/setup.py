"""What a demo shop is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """Something for sale. `price` is a decimal text in the shop's currency.

    `picture` is JPEG, PNG or WebP bytes, or the address of a picture on this server.
    """

    sku: str
    title: str
    price: str
    category: str = ""
    picture: bytes | str | None = None
    description: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The title in other languages, by `zh` and `en`."""

    @property
    def amount(self) -> Decimal:
        return Decimal(self.price)

    def title_in(self, language: str) -> str:
        """The title in a language, or the plain one."""
        return self.titles.get(language, self.title)


@dataclass(frozen=True, slots=True)
class ShopSetup:
    """A shop: its name, currency (ISO 4217), goods, and where it sends events.

    `events_url` is the product's address with the merchant's events path; `secret` is `whsec_<base64>`.
    Without them the shop keeps its events to itself.
    """

    name: str
    currency: str
    products: tuple[Product, ...]
    events_url: str | None = None
    secret: str | None = None
    shipping: str = "0.00"
    first_wait: float = 0.5
    """Seconds before an event that did not get through is sent again; doubled each time up to half a minute."""
