"""What can go wrong on the operators' pages.

AppError
├── Forbidden
│   ├── AdminDisabled      ADMIN_API_KEY is unset, so that nobody may come to /admin/
│   ├── WrongAdminKey      the key that was sent is not ADMIN_API_KEY
│   └── MetricsRefused     neither the token nor an address that may read /metrics
└── Unavailable
    └── FlowerUnavailable  Flower does not answer, or FLOWER_URL is unset
"""

from qspro.errors import Forbidden, Unavailable


class AdminDisabled(Forbidden):
    code = "admin_disabled"
    title = "The operators' pages are switched off"


class WrongAdminKey(Forbidden):
    code = "wrong_admin_key"
    title = "This is not the operators' key"


class MetricsRefused(Forbidden):
    code = "metrics_refused"
    title = "The metrics are not for everybody"


class FlowerUnavailable(Unavailable):
    code = "flower_unavailable"
    title = "Flower does not answer just now"
