"""A written reason says something: no dot, and no letter that nobody sees, stands for one."""

import pytest
from django.core.exceptions import ValidationError
from django.forms.fields import Field

from classification.campaigns.forms import CampaignReasonForm
from classification.decisions.forms import DecisionForm, WithdrawForm
from classification.grids.adoption_forms import AnswerForm, ProposalForm
from classification.grids.adoption_forms import WithdrawalForm as GridWithdrawalForm
from core.forms import ReasonField
from incidents.bulk.forms import BulkForm
from incidents.facts.forms import CancelForm
from incidents.retention.forms import HoldForm
from incidents.unplaced.forms import DiscardForm
from partners.withdrawals.forms import WithdrawalForm
from sites.upkeep.forms import ReasonForm


@pytest.mark.parametrize(
    "reason", [".", "…", "12", "H.S.", "\u3164", "\u3164" * 9, "a \u115f\u1160 b \uffa0"]
)
def test_what_says_nothing_is_refused(reason):
    with pytest.raises(ValidationError, match="Dites le motif en quelques mots"):
        ReasonField().clean(reason)


@pytest.mark.parametrize("reason", ["Doublon", "bât", "한국어", "Échu le 3"])
def test_what_says_something_is_kept(reason):
    assert ReasonField().clean(reason) == reason


def test_a_reason_that_nobody_must_give_may_be_left_out():
    assert ReasonField(required=False).clean(" \u200b") == ""


def test_a_reason_names_nobody():
    with pytest.raises(ValidationError):
        ReasonField().clean("Signalé au 06 12 34 56 78")


def _reason(form) -> Field:
    return form.base_fields.get("reason") or form.base_fields["end_reason"]


@pytest.mark.parametrize(
    "form",
    [
        AnswerForm,
        BulkForm,
        CampaignReasonForm,
        CancelForm,
        DecisionForm,
        DiscardForm,
        GridWithdrawalForm,
        HoldForm,
        ProposalForm,
        ReasonForm,
        WithdrawForm,
        WithdrawalForm,
    ],
    ids=lambda form: form.__name__,
)
def test_each_form_that_asks_for_a_reason_asks_for_words(form):
    assert isinstance(_reason(form), ReasonField)
