"""What can go wrong on the operators' pages.

AppError
└── Forbidden
    ├── AdminDisabled   ADMIN_API_KEY is unset, so that nobody may come to /admin/
    └── MetricsRefused  neither the token nor an address that may read /metrics
"""

from qspro.errors import Forbidden


class AdminDisabled(Forbidden):
    code = "admin_disabled"
    title = "The operators' pages are switched off"


class MetricsRefused(Forbidden):
    code = "metrics_refused"
    title = "The metrics are not for everybody"
