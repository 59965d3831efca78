"""What the queue page does to many runs at once: chosen by a filter, counted first, each through its service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from shell_query import services
from shell_query.models import Run
from shell_query.states import ACTIVE, FINAL, Stage, Status
from tenants.administration import OPERATOR
from tenants.models import Tenant
from tenants.services.audit import Actor

# In one request; what is left is counted again.
MOST = 500


@dataclass(frozen=True)
class Deed:
    label: str
    past: str
    open_to: Q
    carry_out: Callable[..., bool]


DEEDS = {
    "retry": Deed("Try now what waits", "Made due now", Q(status__in=ACTIVE, claim_token=None), services.look_now),
    "cancel": Deed("Cancel", "Canceled", Q(status__in=ACTIVE), services.cancel_any_run),
    "clean_up": Deed(
        "Clean up again", "Cleanup made due", Q(status__in=FINAL, assets_cleaned_at=None), services.clean_up_now
    ),
}


class BulkForm(forms.Form):
    deed = forms.ChoiceField(label="Do", choices=[(name, deed.label) for name, deed in DEEDS.items()])
    tenant = forms.ModelChoiceField(Tenant.objects.none(), required=False, empty_label="any tenant")
    status = forms.ChoiceField(required=False, choices=[("", "any status"), *((each, each) for each in Status)])
    stage = forms.ChoiceField(required=False, choices=[("", "any stage"), *((each, each) for each in Stage)])
    last_trouble = forms.CharField(required=False, max_length=64, label="Last trouble", help_text="Its code.")
    minutes = forms.IntegerField(
        required=False, min_value=0, max_value=10_000_000, label="Older than", help_text="Minutes since submission."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["tenant"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Tenant.objects.using(OPERATOR).only("id", "name")

    @property
    def chosen(self) -> Deed:
        return DEEDS[self.cleaned_data["deed"]]

    @property
    def what(self) -> str:
        """How the audit calls it."""
        return f"{self.chosen.past}, by filter"

    def runs(self) -> QuerySet[Run]:
        """Those that the deed is for, the oldest first; asked as the operator."""
        given = self.cleaned_data
        found = Run.objects.using(OPERATOR).filter(self.chosen.open_to)
        for name in ("tenant", "status", "stage", "last_trouble"):
            if given[name]:
                found = found.filter(**{name: given[name]})
        if given["minutes"] is not None:
            found = found.filter(created_at__lt=Now() - timedelta(minutes=given["minutes"]))
        return found.only("id", "tenant_id").order_by("created_at")

    def carry_out(self, actor: Actor) -> list[Run]:
        """The runs that it was done to, of MOST at most."""
        deed, what = self.chosen.carry_out, self.what
        return [
            run for run in self.runs()[:MOST] if deed(tenant_id=run.tenant_id, run_id=run.id, actor=actor, what=what)
        ]
