"""Route the addresses of the accounts app."""

from django.urls import path

from .factors import views as factors
from .journal import views as journal
from .lists import views as lists
from .mail import views as mail
from .names import views as names
from .people import language_views as language
from .people import views as people
from .proposals import views as proposals
from .tokens import views as tokens

app_name = "accounts"
urlpatterns = [
    path("comptes/", people.users, name="users"),
    path("comptes/inviter/", people.invite, name="invite"),
    path("comptes/<account:pk>/", people.user, name="user"),
    path("comptes/<account:pk>/inviter/", people.invite_again, name="invite_again"),
    path("comptes/invitations/<proposal:pk>/", proposals.proposal, name="proposal"),
    path("comptes/invitations/<proposal:pk>/lien/", proposals.invitation_link, name="invitation_link"),
    path("comptes/invitations/<proposal:pk>/retirer/", proposals.withdraw, name="withdraw_proposal"),
    path("comptes/invitations/<proposal:pk>/confirmer/", proposals.confirm, name="confirm_proposal"),
    path("comptes/invitations/<proposal:pk>/renvoyer/", proposals.send_again, name="send_proposal_again"),
    path("comptes/invitations/<proposal:pk>/vu/", proposals.take_note, name="note_proposal"),
    path("comptes/propositions/", proposals.offers, name="offers"),
    path("comptes/propositions/<proposal:pk>/accepter/", proposals.accept, name="accept_offer"),
    path("comptes/propositions/<proposal:pk>/refuser/", proposals.refuse, name="refuse_offer"),
    path("comptes/<account:pk>/nom/", people.rename, name="rename"),
    path("comptes/<account:pk>/etat/", people.set_active, name="set_active"),
    path("comptes/<account:pk>/second-facteur/effacer/", factors.ask, name="ask_factor_reset"),
    path("comptes/second-facteur/<reset:pk>/repondre/", factors.answer, name="answer_factor_reset"),
    path("comptes/<account:pk>/roles/", people.add_membership, name="add_membership"),
    path("comptes/roles/<membership:pk>/terminer/", people.end_membership, name="end_membership"),
    path("comptes/jetons/", tokens.tokens, name="tokens"),
    path("comptes/jetons/nouveau/", tokens.create, name="create_token"),
    path("comptes/jetons/<token:pk>/revoquer/", tokens.revoke, name="revoke_token"),
    path("organismes/", people.organisations, name="organisations"),
    path("organismes/nouveau/", people.create_organisation, name="create_organisation"),
    path("organismes/<organisation:pk>/modifier/", people.rename_organisation, name="rename_organisation"),
    path("organismes/<organisation:pk>/autres-noms/", names.other_names, name="other_names"),
    path("comptes/e-mails/", mail.mails, name="mails"),
    path("comptes/langue/", language.choose, name="language"),
    path("listes/colonnes/", lists.choose_columns, name="columns"),
    path("listes/vues/", lists.save_view, name="save_view"),
    path("listes/vues/modifier/", lists.change_view, name="change_view"),
    path("listes/vues/supprimer/", lists.delete_view, name="delete_view"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/preuve/", journal.proof, name="journal_proof"),
    path("journal/export/", journal.export, name="journal_export"),
]
