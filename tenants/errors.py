"""What can go wrong when somebody signs in.

AppError
├── NotFound
│   ├── BusinessUnitNotFound no such business unit, or it is not granted
│   ├── MemberNotFound       no such person in the tenant
│   └── ApiKeyNotFound       no such key, or somebody else's
├── Conflict
│   └── LastOwner            a tenant keeps an owner who may act
├── NotSignedIn
│   ├── InvalidCredentials   the key, token or session is unknown, expired or revoked
│   └── RefreshTokenReused   an older refresh token came back: the whole family is ended
└── Forbidden
    ├── UserDeactivated      an owner or admin of the tenant has shut the user out
    ├── UnitWithdrawn        an owner or admin has taken the business unit from the user
    ├── RoleRequired         the caller's role does not do
    ├── MissingScope         the key may not be used for this
    ├── NotASession          a key or token stays in its business unit
    └── NotFromToken         a token is no way to another family of tokens
"""

from qspro.errors import Conflict, Forbidden, NotFound, NotSignedIn


class BusinessUnitNotFound(NotFound):
    code = "business_unit_not_found"
    title = "There is no such business unit"


class MemberNotFound(NotFound):
    code = "member_not_found"
    title = "There is no such person"


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    title = "There is no such API key"


class LastOwner(Conflict):
    code = "last_owner"
    title = "The tenant would have no owner; make somebody else an owner first"


class InvalidCredentials(NotSignedIn):
    code = "invalid_credentials"
    title = "The key, token or session is not valid"


class RefreshTokenReused(NotSignedIn):
    code = "refresh_token_reused"
    title = "This refresh token was used before; sign in again"


class UserDeactivated(Forbidden):
    code = "user_deactivated"
    title = "You may not sign in here any more"


class UnitWithdrawn(Forbidden):
    code = "unit_withdrawn"
    title = "You may not act in this business unit any more"


class RoleRequired(Forbidden):
    code = "role_required"
    title = "Your role does not allow this"


class MissingScope(Forbidden):
    code = "missing_scope"
    title = "This key may not be used for that"


class NotASession(Forbidden):
    code = "not_a_session"
    title = "Only who has signed in may do this; keys and tokens stay as they are"


class NotFromToken(Forbidden):
    code = "not_from_token"
    title = "Ask with an API key or a session; a token is renewed with its refresh token"
