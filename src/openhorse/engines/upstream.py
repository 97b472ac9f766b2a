"""Orders and pictures come in, films made by a vendor of HappyHorse, with the operator's own key, go out."""

from __future__ import annotations

import os
from collections.abc import Mapping

from openhorse.catalog import Catalog
from openhorse.engines.vendors import UpstreamTerms
from openhorse.outbound import Outbound


class Upstream:
    """One vendor's HappyHorse, spoken to in its own dialect. `environ` is where its key is looked for."""

    def __init__(
        self, terms: UpstreamTerms, catalog: Catalog, outbound: Outbound, environ: Mapping[str, str] = os.environ
    ) -> None:
        self.name = terms.name
        self.has_idempotency = terms.vendor.has_idempotency
