import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone

from accounts.enums import Role
from accounts.lists.services import state_of
from accounts.models import ApiToken, Organisation, SavedView
from accounts.names.services import state_of_other_names
from accounts.people.services import state_of_name, state_of_organisation
from accounts.scope import system_scope
from core.versions import version_of
from tests import factories as f
from tests.access.people import ANONYMOUS, STRANGER, landlord, own, person, town
from tests.versions import planted

KEEPERS = {Role.ADMIN, Role.LEAD}
READERS = {Role.DPO, Role.LEAD}
ANYBODY = {*Role, STRANGER, ANONYMOUS}
# The password of everybody in the matrix, and another.
PASSWORD, NEW_PASSWORD = "Mot de passe du banc", "Autre mot de passe du banc"


def _key(world):
    key = default_token_generator.make_token(world.stranger)
    return {"uidb36": user_pk_to_url_str(world.stranger), "key": key}


def _agent(world):
    return {"pk": world.a.agent.pk}


def _membership(world):
    return {"pk": world.a.agent_membership.pk}


def _invited(side):
    """Somebody who has not chosen a password yet."""
    with system_scope("seeding"):
        return {"pk": f.MembershipFactory(organisation=side.landlord, role=Role.AGENT).user.pk}


def _proposed(side, **values):
    """A role of agent proposed to somebody without a password."""
    with system_scope("seeding"):
        return {"pk": f.ProposalFactory(organisation=side.landlord, proposed_by=side.lead, **values).pk}


def _proposed_by_admin(world):
    """A role that the administrator proposed to somebody without a password, and that the landlord confirmed."""
    own = {"proposed_by": world.admin, "inviting": world.operator, "confirmation": "given"}
    with system_scope("seeding"):
        return {"pk": f.ProposalFactory(organisation=world.a.landlord, **own).pk}


def _to_circle(world):
    """An invitation of territory A to its circle."""
    with system_scope("seeding"):
        by = {"proposed_by": world.a.coordinator, "inviting": world.a.town, "purpose": "Essai"}
        return {"pk": f.ProposalFactory(organisation=world.a.police, role=Role.PARTNER, **by).pk}


def _offered(world, who):
    """A role proposed to whoever asks, that they may accept: by another landlord, or by another operator."""
    someone, able = person(world, who), {"organisation": world.b.landlord, "proposed_by": world.b.lead}
    with system_scope("seeding"):
        if who in {Role.PARTNER, Role.ADMIN}:
            able |= {"role": Role.DPO}
            able["proposed_by"] = f.MembershipFactory(organisation=world.operator, role=Role.ADMIN).user
        return {"pk": f.ProposalFactory(user=someone, **able).pk}


def _habilitated(side):
    """Somebody with a mandate who has not chosen a password yet."""
    with system_scope("seeding"):
        partner = f.MembershipFactory(organisation=side.police, role=Role.PARTNER).user
        return {"pk": f.MandateFactory(circle=side.circle, user=partner, organisation=side.police).user_id}


def _seen(world, who):
    """A proposal that whoever asks manages or confirms."""
    if who != Role.COORDINATOR:
        return _proposed(world.a)
    with system_scope("seeding"):
        by = {"proposed_by": world.admin, "inviting": world.operator, "confirmation": "awaited"}
        return {"pk": f.ProposalFactory(organisation=world.a.town, role=Role.COORDINATOR, **by).pk}


def _to_confirm(world, who):
    if who == Role.COORDINATOR:
        return _seen(world, who)
    with system_scope("seeding"):
        by = {"proposed_by": world.admin, "inviting": world.operator, "confirmation": "awaited"}
        role = Role.DPO if who == Role.DPO else Role.LEAD
        return {"pk": f.ProposalFactory(organisation=world.a.landlord, role=role, **by).pk}


def _noted(world, who):
    return _seen(world, who) if who == Role.COORDINATOR else _proposed(world.a, confirmation="nobody")


def _of_seen(world, who):
    """The organisation of the proposal, and that of an administrator who acts."""
    return (
        town(world, who)
        if who == Role.COORDINATOR
        else landlord(world, who) | (own(world, who) if who == Role.ADMIN else set())
    )


def _other_landlord(world, _who):
    return {world.b.landlord.pk}


def _invitation(world):
    return {
        "email": "nouvelle@exemple.invalid", "full_name": "Nouvelle Venue", "role": "agent",
        "organisation": world.a.landlord.pk,
    }  # fmt: skip


def _new_organisation(_world, _who):
    with system_scope("seeding"):
        return {Organisation.objects.get(name="Bailleur neuf").pk}


def _view(world, who):
    from accounts.scope import acting_as

    someone = person(world, who)
    with acting_as(someone):
        return SavedView.objects.create(owner=someone, list_name="facts", name="Les miens", query="tri=day")


def _seen_view(world, who):
    view = _view(world, who)
    return {"view": view.pk, "version": version_of(view, state_of(view))}


def _changed_view(world, who):
    return _seen_view(world, who) | {"name": "Les autres"}


def _name(world):
    return {"full_name": "Agent A"} | planted(world.a.agent, state_of_name)


def _token(side):
    with system_scope("seeding"):
        return ApiToken.objects.get_or_create(
            organisation=side.landlord, digest=f"of {side.landlord.pk}",
            defaults={"name": "GED", "rights": ["write"], "created_by": side.lead, "expires_on": timezone.localdate()},
        )[0].pk  # fmt: skip


ROWS = {
    "accounts:users": {"GET": KEEPERS, "query": lambda _world: {"q": "agent"}},
    "accounts:invite": {"GET": KEEPERS, "POST": KEEPERS, "data": _invitation, "journal": _of_seen},
    # An administrator sees every account; a lead those of the own landlord.
    "accounts:user": {
        "GET": KEEPERS, "kwargs": _agent,
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:invite_again": {
        "POST": KEEPERS | {Role.COORDINATOR}, "journal": own,
        "kwargs": lambda world: _invited(world.a),
        "kwargs_for": lambda world, who: _invited(world.a) if who != Role.COORDINATOR else _habilitated(world.a),
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD, Role.COORDINATOR},
    },
    "accounts:proposal": {
        "GET": KEEPERS, "kwargs": lambda world: _proposed(world.a),
        "foreign": lambda world: _proposed(world.b), "foreign_to": {Role.LEAD},
    },
    "accounts:invitation_link": {
        "POST": {Role.ADMIN}, "kwargs": _proposed_by_admin,
        "journal": lambda world, who: own(world, who) | landlord(world, who),
    },
    "accounts:withdraw_proposal": {
        "POST": KEEPERS | {Role.COORDINATOR, Role.DPO}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": lambda world, who: _to_confirm(world, who) if who == Role.DPO else _seen(world, who),
        "journal": _of_seen,
        "foreign": lambda world: _proposed(world.b), "foreign_to": {Role.LEAD, Role.COORDINATOR, Role.DPO},
    },
    "accounts:confirm_proposal": {
        "POST": {Role.LEAD, Role.COORDINATOR, Role.DPO}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": _to_confirm, "journal": _of_seen,
        "foreign": lambda world: _proposed(world.b, confirmation="awaited"),
    },
    "accounts:send_proposal_again": {
        "POST": KEEPERS | {Role.COORDINATOR}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": lambda world, who: _to_circle(world) if who == Role.COORDINATOR else _proposed(world.a),
        "journal": lambda world, who: {world.a.police.pk} if who == Role.COORDINATOR else own(world, who) | landlord(world, who),
        "foreign": lambda world: _proposed(world.b), "foreign_to": {Role.LEAD, Role.COORDINATOR},
    },
    "accounts:note_proposal": {
        "POST": KEEPERS | {Role.DPO, Role.COORDINATOR}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": _noted, "journal": _of_seen,
        "foreign": lambda world: _proposed(world.b, confirmation="nobody"),
        "foreign_to": {Role.LEAD, Role.COORDINATOR, Role.DPO},
    },
    "accounts:offers": {"GET": {*Role, STRANGER}},
    "accounts:accept_offer": {
        "POST": {*Role, STRANGER}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": _offered, "foreign": lambda world: _proposed(world.a),
        "journal": _other_landlord, "as_oneself": True,
    },
    "accounts:refuse_offer": {
        "POST": {*Role, STRANGER}, "kwargs": lambda world: _proposed(world.a),
        "kwargs_for": _offered, "foreign": lambda world: _proposed(world.a),
        "journal": _other_landlord, "as_oneself": True,
    },
    # Of the accounts a lead sees, the own agents' alone: tests/accounts/test_people.py.
    "accounts:rename": {
        "GET": KEEPERS, "POST": KEEPERS, "kwargs": _agent, "data": _name,
        "journal": lambda world, who: own(world, who) | landlord(world, who),
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:set_active": {"POST": {Role.ADMIN}, "kwargs": _agent, "journal": own},
    "accounts:add_membership": {
        "GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "kwargs": _agent, "journal": _of_seen,
        "data": lambda world: {"organisation": world.a.landlord.pk, "role": "lead"},
    },
    "accounts:end_membership": {
        "POST": KEEPERS, "kwargs": _membership, "journal": landlord,
        "foreign": lambda world: {"pk": world.b.agent_membership.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:organisations": {"GET": {Role.ADMIN}},
    "accounts:create_organisation": {
        "GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "journal": _new_organisation,
        "data": lambda _world: {"name": "Bailleur neuf", "kind": "landlord"},
    },
    "accounts:rename_organisation": {
        "GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "kwargs": lambda world: {"pk": world.a.landlord.pk},
        "data": lambda world: {"name": "Bailleur renommé", "kind": "landlord"} | planted(world.a.landlord, state_of_organisation),
        "journal": landlord,
    },
    "accounts:other_names": {
        "GET": {Role.ADMIN, Role.LEAD}, "POST": {Role.ADMIN, Role.LEAD},
        "kwargs": lambda world: {"pk": world.a.landlord.pk}, "foreign": lambda world: {"pk": world.b.landlord.pk},
        "foreign_to": {Role.LEAD},
        "data": lambda world: {"names": "Autre nom"} | planted(world.a.landlord, state_of_other_names),
        "journal": landlord,
    },
    "accounts:mails": {
        "GET": set(Role), "POST": set(Role), "data": lambda _world: {"mail": "import"}, "journal": own,
    },
    "accounts:language": {
        "POST": ANYBODY - {ANONYMOUS}, "data": lambda _world: {"language": "en", "next": "/carte/"},
        "journal": own,
    },
    # One's own views alone: tests/accounts/test_lists.py.
    "accounts:columns": {
        "POST": {*Role}, "journal": own, "data": lambda _world: {"list_name": "facts", "col": ["day"]},
    },
    "accounts:save_view": {
        "POST": {*Role}, "journal": own,
        "data": lambda _world: {"list_name": "facts", "name": "Les miens", "query": "tri=day"},
    },
    "accounts:change_view": {
        "POST": {*Role}, "journal": own,
        "data_for": _changed_view,
    },
    "accounts:delete_view": {
        "POST": {*Role}, "journal": own, "data_for": _seen_view,
    },
    "accounts:journal": {"GET": READERS, "query": lambda _world: {"person": "r"}},
    "accounts:journal_export": {"GET": READERS},
    "accounts:journal_proof": {"GET": READERS},
    "accounts:tokens": {"GET": {Role.LEAD}},
    "accounts:create_token": {
        "GET": {Role.LEAD}, "POST": {Role.LEAD}, "journal": landlord,
        "data": lambda world: {
            "organisation": world.a.landlord.pk, "rights": ["write"], "name": "GED",
            "expires_on": str(timezone.localdate() + dt.timedelta(30)),
        },
    },
    "accounts:revoke_token": {
        "POST": {Role.LEAD}, "journal": landlord,
        "kwargs": lambda world: {"pk": _token(world.a)},
        "foreign": lambda world: {"pk": _token(world.b)},
    },
    "account_reset_password": {
        "GET": ANYBODY, "POST": ANYBODY, "PUT": ANYBODY,
        "data": lambda world: {"email": world.stranger.email},
        "journal": "a worker writes it, so that the time of the answer tells nothing (tests/accounts/test_journal.py)",
    },
    "account_reset_password_done": {"GET": ANYBODY},
    "account_reset_password_from_key": {
        "GET": ANYBODY, "POST": ANYBODY, "PUT": ANYBODY, "PATCH": ANYBODY, "DELETE": ANYBODY,
        "kwargs": _key, "public_object": True,
        "journal": "the link opens the page that asks: the entry is that of the answer (tests/portal/test_login.py)",
    },
    "account_reset_password_from_key_done": {"GET": ANYBODY},
    "account_change_password": {
        "GET": ANYBODY - {ANONYMOUS},
        "POST": ANYBODY - {ANONYMOUS},
        "PUT": ANYBODY - {ANONYMOUS},
        "data": lambda _world: {
            "old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD,
        },
        "journal": own,
    },
    "account_inactive": {"GET": ANYBODY},
}  # fmt: skip
