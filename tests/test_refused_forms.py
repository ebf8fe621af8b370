"""Test that every form refuses an empty submission and is shown again."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import system_scope
from tests.access import MATRIX, arguments
from tests.access.people import ANONYMOUS, STRANGER

# Buttons: what they do is in their address, and they send the reader back to a page.
_BUTTONS = {
    "account_logout",
    "accounts:answer_factor_reset",
    "accounts:ask_factor_reset",
    "end_sessions",
    "installation_trial",
    "accounts:accept_offer",
    "accounts:confirm_proposal",
    "accounts:end_membership",
    "accounts:invite_again",
    "accounts:note_proposal",
    "accounts:refuse_offer",
    "accounts:revoke_token",
    "accounts:send_proposal_again",
    "accounts:set_active",
    "accounts:withdraw_proposal",
    "classification:campaign_close",
    "classification:campaign_delete",
    "classification:campaign_open",
    "classification:campaign_remind",
    "classification:closing_abandon",
    "classification:closing_retry",
    "classification:confirm_levels",
    "classification:contest_take_back",
    "classification:follow_workshop",
    "classification:rest_end",
    "incidents:restore",
    "incidents:restore_disruption",
    "incidents:restore_observation",
    "incidents:see_disruptions",
    "incidents:take_back_fact",
    "incidents:undo",
    "incidents:withdraw_confirmation",
    "partners:charter_accept",
    "partners:circle_end",
    "partners:copy_revoke",
    "partners:mandate_end",
    "partners:note_restore",
    "partners:notices_by_mail",
    "partners:publication_restore",
    "partners:note_abandon",
    "partners:note_retry",
    "partners:plenary_abandon",
    "partners:plenary_retry",
    "partners:publication_request_abandon",
    "partners:publication_request_retry",
    "incidents:end_subtype",
    "incidents:restore_subtype",
    "sites:end_agreement",
    "sites:placement_undo",
    "sites:return_address",
    "sites:undo_assignments",
    "sites:undo_communes",
    "sites:forget_reference",
    "sites:import_abandon",
    "sites:import_reading",
    "sites:import_restart",
    "sites:import_start",
    "sites:import_undo",
    "sites:undo_change",
}
# In a list's own bar: the list is shown again, and says what is wrong.
_IN_A_LIST = {
    "accounts:change_view",
    "accounts:columns",
    "accounts:delete_view",
    "accounts:save_view",
}
_OTHERWISE = {
    **dict.fromkeys(_BUTTONS | _IN_A_LIST, 302),
    # Values that only a page of ours sends: there is nothing to correct.
    **dict.fromkeys(("accounts:language", "guide_again", "guide_hide"), 400),
    # What it shows is asked for by its address.
    "accounts:invitation_link": 200,
    # What it would change is shown again, without the word of the person.
    "incidents:undo_bulk_act": 200,
    # Nothing chosen: the list says so.
    "incidents:bulk": 302,
    # A part of the page, which says that no place was found.
    "incidents:places_near": 200,
    # Nothing chosen is a choice, and here it is what is recorded.
    "accounts:mails": 302,
    # Sent without its version: nothing at all may stand in the field.
    "accounts:other_names": 409,
    "sites:answer_agreement": 409,
    "sites:agreement_communes": 409,
    "sites:assignments": 302,
    "sites:proposed_assignments": 302,
    # Sent without the version of what the page shows: it is to be read again.
    "incidents:confirm_observation": 409,
    "incidents:lift": 409,
    "incidents:lift_disruption": 409,
    "incidents:lift_observation": 409,
    "sites:import_mapping_delete": 409,
    "sites:import_mapping_share": 409,
    "sites:shared_mapping_withdraw": 409,
    "partners:notice_seen": 409,
    "sites:reopen_address": 409,
    "sites:reopen_residence": 409,
    "incidents:answer": 302,
    "sites:import_words": 302,
    # Whoever is logged in is sent home; whoever has no factor is led to one.
    **dict.fromkeys(("mfa_authenticate", "mfa_reauthenticate"), 302),
    # Whoever has a factor is asked for it first.
    "mfa_remove": 403,
    # The link of a mail leads to the form, which stands at an address without the key; it is below.
    "account_reset_password_from_key": 302,
}
_POSTED = sorted(name for name, row in MATRIX.items() if row.get("POST") and not row.get("api"))


@pytest.mark.parametrize("name", _POSTED)
def test_a_form_sent_empty_is_refused_with_itself(name, world, sign_in):
    row, who = MATRIX[name], ANONYMOUS
    if ANONYMOUS in row["POST"]:
        client = Client()
    else:
        who = next(role for role in (*Role, STRANGER) if role in row["POST"])
        client = sign_in(world.people[who])
    url = reverse(name, kwargs=arguments(name, world, who))
    answer = client.post(url, {})
    assert answer.status_code == _OTHERWISE.get(name, 422)
    if name not in _OTHERWISE:
        assert answer.context["form"].errors


def test_every_exception_is_an_address_that_is_posted_to():
    assert set(_OTHERWISE) - set(_POSTED) == set()


def test_a_password_refused_by_its_link_is_asked_for_again(world, client):
    with system_scope("authentication"):
        key = default_token_generator.make_token(world.a.lead)
    link = {"uidb36": user_pk_to_url_str(world.a.lead), "key": key}
    page = client.get(reverse("account_reset_password_from_key", kwargs=link), follow=True)
    answer = client.post(page.redirect_chain[-1][0], {"password1": "court", "password2": "court"})
    assert (answer.status_code, bool(answer.context["form"].errors)) == (422, True)


def test_the_link_of_a_closed_account_opens_nothing(world, client):
    with system_scope("authentication"):
        key = default_token_generator.make_token(world.a.lead)
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(is_active=False)
    link = {"uidb36": user_pk_to_url_str(world.a.lead), "key": key}
    page = client.get(reverse("account_reset_password_from_key", kwargs=link))
    assert (page.status_code, page.context["token_fail"]) == (200, True)
