"""Declare the URLs of the partners application."""

from django.urls import path

from .charters import views as charters
from .circles import views as circles
from .dashboard import views as dashboard
from .notes import version_views as note_versions
from .notes import views as notes
from .publications import request_views
from .publications import views as publications
from .withdrawals import views as withdrawals

app_name = "partners"
urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    path("tableau-de-bord/<int:pk>/", dashboard.dashboard, name="territory_dashboard"),
    path("cellules/", circles.circles, name="circles"),
    path("cellules/nouvelle/", circles.circle_create, name="circle_create"),
    path("cellules/<int:pk>/", circles.circle, name="circle"),
    path("cellules/<int:pk>/modifier/", circles.circle_edit, name="circle_edit"),
    path("cellules/<int:pk>/terminer/", circles.circle_end, name="circle_end"),
    path("cellules/<int:pk>/habilitations/nouvelle/", circles.mandate_create, name="mandate_create"),
    path("habilitations/<int:pk>/terminer/", circles.mandate_end, name="mandate_end"),
    path("territoires/<int:pk>/charte/", charters.charter, name="charter"),
    path("territoires/<int:pk>/charte/nouvelle/", charters.write, name="charter_write"),
    path("chartes/<int:pk>/accepter/", charters.accept, name="charter_accept"),
    path("cellules/<int:pk>/publier/", publications.publish, name="publish"),
    path("publications/", publications.publications, name="publications"),
    path("publications/demandes/<int:pk>/", request_views.publication_request, name="publication_request"),
    path(
        "publications/demandes/<int:pk>/relancer/",
        request_views.publication_request_retry,
        name="publication_request_retry",
    ),
    path(
        "publications/demandes/<int:pk>/abandonner/",
        request_views.publication_request_abandon,
        name="publication_request_abandon",
    ),
    path("publications/<int:pk>/", publications.publication, name="publication"),
    path("publications/<int:pk>/points/", publications.publication_points, name="publication_points"),
    path("publications/<int:pk>/sites/<uuid:name>/", publications.site, name="site"),
    path("publications/<int:pk>/retirer/", withdrawals.publication_withdraw, name="publication_withdraw"),
    path("publications/<int:pk>/retablir/", withdrawals.publication_restore, name="publication_restore"),
    path(
        "publications/<int:pk>/remplacer/", request_views.publication_supersede, name="publication_supersede"
    ),
    path("ce-qui-a-change/", withdrawals.notices, name="notices"),
    path("ce-qui-a-change/e-mail/", withdrawals.notices_by_mail, name="notices_by_mail"),
    path("ce-qui-a-change/<int:pk>/vu/", withdrawals.notice_seen, name="notice_seen"),
    path("notes/", notes.notes, name="notes"),
    path("notes/nouvelle/", notes.note_create, name="note_create"),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("notes/<int:pk>/relancer/", notes.note_retry, name="note_retry"),
    path("notes/<int:pk>/abandonner/", notes.note_abandon, name="note_abandon"),
    path("notes/<int:pk>/diffuser/", notes.note_issue, name="note_issue"),
    path("notes/<int:pk>/retirer/", withdrawals.note_withdraw, name="note_withdraw"),
    path("notes/<int:pk>/retablir/", withdrawals.note_restore, name="note_restore"),
    path("notes/<int:pk>/nouvelle-version/", note_versions.note_supersede, name="note_supersede"),
    path("notes/<int:pk>/document.pdf", notes.note_document, name="note_document"),
    path("exemplaires/<int:pk>/document.pdf", notes.copy_document, name="copy_document"),
    path("exemplaires/<int:pk>/revoquer/", notes.copy_revoke, name="copy_revoke"),
]
