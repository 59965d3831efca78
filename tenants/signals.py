"""What rooms above hear of, in the transaction in which it happens."""

from django.dispatch import Signal

# (tenant_id, user_id), within the tenant's scope: whatever is under way for the user shall end.
member_deactivated = Signal()
