"""Declare the URLs of the partners application."""

from django.urls import path

from .charters import views as charters
from .circles import views as circles
from .dashboard import views as dashboard
from .notes import term_views as note_terms
from .notes import version_views as note_versions
from .notes import views as notes
from .plenary import release_views as plenary_releases
from .plenary import views as plenary
from .publications import campaign_views, request_views
from .publications import views as publications
from .withdrawals import views as withdrawals

app_name = "partners"
urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    path("tableau-de-bord/<territory:pk>/", dashboard.dashboard, name="territory_dashboard"),
    path("cellules/", circles.circles, name="circles"),
    path("cellules/nouvelle/", circles.circle_create, name="circle_create"),
    path("cellules/<circle:pk>/", circles.circle, name="circle"),
    path("cellules/<circle:pk>/modifier/", circles.circle_edit, name="circle_edit"),
    path("cellules/<circle:pk>/precision/", circles.circle_precision, name="circle_precision"),
    path("cellules/<circle:pk>/terminer/", circles.circle_end, name="circle_end"),
    path("cellules/<circle:pk>/habilitations/nouvelle/", circles.mandate_create, name="mandate_create"),
    path("habilitations/<mandate:pk>/terminer/", circles.mandate_end, name="mandate_end"),
    path("territoires/<territory:pk>/charte/", charters.charter, name="charter"),
    path("territoires/<territory:pk>/charte/nouvelle/", charters.write, name="charter_write"),
    path("chartes/<charter:pk>/accepter/", charters.accept, name="charter_accept"),
    path("cellules/<circle:pk>/publier/", publications.publish, name="publish"),
    path("publications/", publications.publications, name="publications"),
    path(
        "publications/demandes/<request:pk>/", request_views.publication_request, name="publication_request"
    ),
    path(
        "publications/demandes/<request:pk>/relancer/",
        request_views.publication_request_retry,
        name="publication_request_retry",
    ),
    path(
        "publications/demandes/<request:pk>/abandonner/",
        request_views.publication_request_abandon,
        name="publication_request_abandon",
    ),
    path("publications/<publication:pk>/", publications.publication, name="publication"),
    path("publications/<publication:pk>/points/", publications.publication_points, name="publication_points"),
    path("publications/<publication:pk>/sites/<uuid:name>/", publications.site, name="site"),
    path(
        "publications/<publication:pk>/retirer/",
        withdrawals.publication_withdraw,
        name="publication_withdraw",
    ),
    path(
        "publications/<publication:pk>/retablir/", withdrawals.publication_restore, name="publication_restore"
    ),
    path(
        "publications/<publication:pk>/remplacer/",
        request_views.publication_supersede,
        name="publication_supersede",
    ),
    path("seances/", plenary_releases.plenary_releases, name="plenary_releases"),
    path("seances/<release:pk>/", plenary_releases.plenary_release, name="plenary_release"),
    path("seances/<release:pk>/document.pdf", plenary_releases.plenary_document, name="plenary_document"),
    path("seances/<release:pk>/relancer/", plenary.plenary_retry, name="plenary_retry"),
    path("seances/<release:pk>/abandonner/", plenary.plenary_abandon, name="plenary_abandon"),
    path("seances/<release:pk>/retirer/", plenary.plenary_withdraw, name="plenary_withdraw"),
    path("campagnes/<campaign:pk>/publier/", campaign_views.campaign_circles, name="campaign_circles"),
    path(
        "campagnes/<campaign:pk>/publier/<circle:circle>/",
        campaign_views.campaign_publish,
        name="campaign_publish",
    ),
    path("campagnes/<campaign:pk>/seance/", plenary.plenary_prepare, name="plenary_prepare"),
    path("ce-qui-a-change/", withdrawals.notices, name="notices"),
    path("ce-qui-a-change/e-mail/", withdrawals.notices_by_mail, name="notices_by_mail"),
    path("ce-qui-a-change/<notice:pk>/vu/", withdrawals.notice_seen, name="notice_seen"),
    path("notes/", notes.notes, name="notes"),
    path("notes/nouvelle/", notes.note_create, name="note_create"),
    path("notes/<note:pk>/", notes.note, name="note"),
    path("notes/<note:pk>/relancer/", notes.note_retry, name="note_retry"),
    path("notes/<note:pk>/abandonner/", notes.note_abandon, name="note_abandon"),
    path("notes/<note:pk>/diffuser/", notes.note_issue, name="note_issue"),
    path("notes/<note:pk>/terme/", note_terms.note_term, name="note_term"),
    path("notes/<note:pk>/retirer/", withdrawals.note_withdraw, name="note_withdraw"),
    path("notes/<note:pk>/retablir/", withdrawals.note_restore, name="note_restore"),
    path("notes/<note:pk>/nouvelle-version/", note_versions.note_supersede, name="note_supersede"),
    path("notes/<note:pk>/document.pdf", notes.note_document, name="note_document"),
    path("exemplaires/<copy:pk>/document.pdf", notes.copy_document, name="copy_document"),
    path("exemplaires/<copy:pk>/revoquer/", notes.copy_revoke, name="copy_revoke"),
]
