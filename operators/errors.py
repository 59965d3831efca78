"""What can go wrong on the operators' pages.

AppError
└── Forbidden
    └── AdminDisabled   ADMIN_API_KEY is unset, so that nobody may come to /admin/
"""

from qspro.errors import Forbidden


class AdminDisabled(Forbidden):
    code = "admin_disabled"
    title = "The operators' pages are switched off"
