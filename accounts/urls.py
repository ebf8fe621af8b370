"""Route the addresses of the accounts app."""

from django.urls import path

from .journal import views as journal
from .lists import views as lists
from .mail import views as mail
from .names import views as names
from .people import language_views as language
from .people import views as people
from .tokens import views as tokens

app_name = "accounts"
urlpatterns = [
    path("comptes/", people.users, name="users"),
    path("comptes/inviter/", people.invite, name="invite"),
    path("comptes/<int:pk>/", people.user, name="user"),
    path("comptes/<int:pk>/inviter/", people.invite_again, name="invite_again"),
    path("comptes/<int:pk>/lien/", people.invitation_link, name="invitation_link"),
    path("comptes/<int:pk>/nom/", people.rename, name="rename"),
    path("comptes/<int:pk>/etat/", people.set_active, name="set_active"),
    path("comptes/<int:pk>/roles/", people.add_membership, name="add_membership"),
    path("comptes/roles/<int:pk>/terminer/", people.end_membership, name="end_membership"),
    path("comptes/jetons/", tokens.tokens, name="tokens"),
    path("comptes/jetons/nouveau/", tokens.create, name="create_token"),
    path("comptes/jetons/<int:pk>/revoquer/", tokens.revoke, name="revoke_token"),
    path("organismes/", people.organisations, name="organisations"),
    path("organismes/nouveau/", people.create_organisation, name="create_organisation"),
    path("organismes/<int:pk>/modifier/", people.rename_organisation, name="rename_organisation"),
    path("organismes/<int:pk>/autres-noms/", names.other_names, name="other_names"),
    path("comptes/e-mails/", mail.mails, name="mails"),
    path("comptes/langue/", language.choose, name="language"),
    path("listes/colonnes/", lists.choose_columns, name="columns"),
    path("listes/vues/", lists.save_view, name="save_view"),
    path("listes/vues/modifier/", lists.change_view, name="change_view"),
    path("listes/vues/supprimer/", lists.delete_view, name="delete_view"),
    path("journal/", journal.journal, name="journal"),
    path("journal/export/", journal.export, name="journal_export"),
]
