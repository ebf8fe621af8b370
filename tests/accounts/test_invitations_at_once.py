"""Two people give one person the same thing at the same moment."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Proposal, User
from accounts.people.services import correct_organisation, state_of_organisation
from accounts.proposals.answering import accept
from accounts.proposals.services import invite, propose, withdraw
from accounts.scope import system_scope
from core.versions import version_of
from partners.circles.invitations import Invited
from partners.circles.invitations import propose as propose_mandate
from sites.sharing.services import sign_agreement
from tests import factories as f
from tests.together import at_once, by
from tests.world import plant

SITE = "https://palier.example"


def _invite(scope, side):
    return invite(
        scope, email="Nouvelle@exemple.invalid", full_name="Nouvelle Venue", role=Role.AGENT,
        organisation=side.landlord, site_url=SITE,
    )  # fmt: skip


@pytest.fixture
def two(committed_database):
    return plant()


def test_one_new_address_invited_twice_at_once_has_one_account_and_both_roles(two):
    first, second = at_once(
        [by(side.lead, lambda scope, side=side: _invite(scope, side)) for side in (two.a, two.b)]
    )
    assert first.user_id == second.user_id
    with system_scope("seeding"):
        user = User.objects.get(email__iexact="nouvelle@exemple.invalid")
        held = Proposal.objects.filter(user=user).values_list("organisation", flat=True)
        assert set(held) == {two.a.landlord.pk, two.b.landlord.pk}


def _refusal(results) -> list[str]:
    assert isinstance(results[1], ValidationError), results
    return results[1].messages


def test_one_role_given_twice_at_once_is_given_once(two):
    def give(scope):
        return propose(
            scope, user=two.stranger, email=two.stranger.email, full_name="X", role=Role.AGENT,
            organisation=two.a.landlord, site_url=SITE,
        )  # fmt: skip

    assert _refusal(at_once([by(two.admin, give)] * 2)) == [
        "Ce rôle est déjà proposé à cette adresse : la proposition attend sa réponse."
    ]


def test_a_kind_corrected_while_a_role_is_proposed_waits_and_then_stays(two):
    with system_scope("seeding"):
        wrong = f.OrganisationFactory(name="Commissariat", kind=OrganisationKind.LANDLORD)
        version = version_of(wrong, state_of_organisation(wrong))

    def give(scope):
        return propose(
            scope, user=two.stranger, email=two.stranger.email, full_name="X", role=Role.LEAD,
            organisation=wrong, site_url=SITE,
        )  # fmt: skip

    def correct(scope):
        correct_organisation(
            scope, organisation=wrong, name=wrong.name, kind=OrganisationKind.POLICE, version=version
        )

    [said] = _refusal(at_once([by(two.admin, give), by(two.admin, correct)]))
    assert said.startswith("Cet organisme a déjà servi (propositions de rôle)")


def _waiting(two, role=Role.AGENT, organisation=None):
    with system_scope("seeding"):
        return f.ProposalFactory(
            user=two.stranger, role=role, organisation=organisation or two.a.landlord, proposed_by=two.a.lead
        )


def _answer(two, proposal, user=None):
    return by(user or two.stranger, lambda scope: accept(scope, proposal=proposal))


def test_one_role_accepted_twice_at_once_is_held_once(two):
    proposal = _waiting(two)
    assert _refusal(at_once([_answer(two, proposal)] * 2)) == ["Vous avez déjà accepté ce rôle."]
    with system_scope("seeding"):
        assert Membership.objects.filter(user=two.stranger).count() == 1


def test_what_is_withdrawn_while_it_is_accepted_is_not_held(two):
    proposal = _waiting(two)
    taken_back = by(two.a.lead, lambda scope: withdraw(scope, proposal=proposal))
    assert _refusal(at_once([taken_back, _answer(two, proposal)])) == ["Cette proposition a été retirée."]


def test_roles_of_both_sides_accepted_at_once_are_not_both_held(two):
    one, other = _waiting(two), _waiting(two, Role.PARTNER, two.a.police)
    with system_scope("seeding"):
        type(other).objects.filter(pk=other.pk).update(confirmation="given", confirmed_by=two.admin)
    (said,) = _refusal(at_once([_answer(two, one), _answer(two, other)]))
    assert "n’ont pas de rôle chez un bailleur" in said
    with system_scope("seeding"):
        assert Membership.objects.filter(user=two.stranger).count() == 1


def test_one_partner_invited_twice_at_once_is_refused_the_second_time(two):
    def give(scope):
        who = Invited("police@exemple.invalid", "P. Olice", two.a.police)
        return propose_mandate(scope, circle=two.a.circle, invited=who, starts_on=timezone.localdate())

    assert _refusal(at_once([by(two.a.coordinator, give)] * 2)) == [
        "Cette personne est déjà habilitée ou invitée dans cette période."
    ]


def test_one_agreement_signed_twice_at_once_is_signed_once(two):
    def sign(scope):
        return sign_agreement(
            scope, landlord=two.b.landlord, territory=two.a.territory,
            starts_on=timezone.localdate(), ends_on=None,
        )  # fmt: skip

    assert _refusal(at_once([by(two.admin, sign)] * 2)) == ["Une période qui chevauche celle-ci existe déjà."]
