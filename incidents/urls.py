"""Declare the URLs of the incidents application."""

from django.contrib.auth.decorators import login_required
from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.access import for_roles
from accounts.enums import Role

from .bulk import views as bulk
from .facts import api, list_views, offline_views, record_views, reply_views, views
from .nomenclature import subtype_views as subtypes
from .nomenclature import views as nomenclature
from .ongoing import end_views, reread_views
from .ongoing import record_views as records
from .ongoing import views as ongoing
from .retention import hold_views as holds
from .retention import views as retention
from .unplaced import views as unplaced

app_name = "incidents"
urlpatterns = [
    path("faits/", list_views.incidents, name="list"),
    re_path(r"^faits/export\.(?P<kind>csv|xlsx)$", list_views.export, name="export"),
    path("faits/nouveau/", views.create, name="create"),
    path("faits/nouveau/hors-ligne/", offline_views.kept, name="kept"),
    path("faits/pret/", offline_views.ready, name="ready"),
    path("faits/lieux/", views.find_place, name="places"),
    path("faits/lieux/autour/", views.near_place, name="places_near"),
    path("faits/a-placer/", unplaced.to_place, name="to_place"),
    path("faits/a-placer/<unplaced:pk>/", unplaced.place, name="place_fact"),
    path("faits/a-placer/<unplaced:pk>/ecarter/", unplaced.discard, name="discard_fact"),
    path("faits/a-placer/<unplaced:pk>/ecarte/", unplaced.discarded, name="discarded_fact"),
    path("faits/a-placer/<unplaced:pk>/remettre/", unplaced.take_back, name="take_back_fact"),
    path("faits/<fact:pk>/", record_views.detail, name="detail"),
    path("faits/<fact:pk>/enregistre/", views.saved, name="saved"),
    path("faits/<fact:pk>/corriger/", record_views.edit, name="edit"),
    path("faits/<fact:pk>/annuler/", record_views.cancel, name="cancel"),
    path("faits/<fact:pk>/retablir/", record_views.restore, name="restore"),
    path("faits/<fact:pk>/repondre/", reply_views.answer, name="answer"),
    path("faits/<fact:pk>/geler/", holds.hold, name="hold"),
    path("faits/<fact:pk>/degeler/", holds.lift, name="lift"),
    path("faits/<fact:pk>/defaire/", record_views.undo, name="undo"),
    path("faits/actes-groupes/", bulk.bulk_acts, name="bulk_acts"),
    path("faits/actes-groupes/nouveau/", bulk.bulk, name="bulk"),
    path("faits/actes-groupes/<act:pk>/", bulk.bulk_act, name="bulk_act"),
    path("faits/actes-groupes/<act:pk>/defaire/", bulk.undo_bulk_act, name="undo_bulk_act"),
    path("conservation/", retention.retention, name="retention"),
    path("territoires/<territory:pk>/conservation/", retention.terms, name="retention_terms"),
    path("nomenclature/", nomenclature.nomenclature, name="nomenclature"),
    path("nomenclature/precisions/", subtypes.subtypes, name="subtypes"),
    path("nomenclature/precisions/nouvelle/", subtypes.create_subtype, name="create_subtype"),
    path("nomenclature/precisions/<subtype:pk>/", subtypes.edit_subtype, name="edit_subtype"),
    path("nomenclature/precisions/<subtype:pk>/terminer/", subtypes.end_subtype, name="end_subtype"),
    path("nomenclature/precisions/<subtype:pk>/retablir/", subtypes.restore_subtype, name="restore_subtype"),
    path("constats/", ongoing.observations, name="observations"),
    path("constats/nouveau/", ongoing.create_observation, name="create_observation"),
    path("constats/<observation:pk>/", records.observation, name="observation"),
    path("constats/<observation:pk>/corriger/", records.edit_observation, name="edit_observation"),
    path("constats/<observation:pk>/annuler/", records.cancel_observation, name="cancel_observation"),
    path("constats/<observation:pk>/retablir/", records.restore_observation, name="restore_observation"),
    path("constats/<observation:pk>/confirmer/", ongoing.confirm_observation, name="confirm_observation"),
    path(
        "constats/<observation:pk>/confirmer/annuler/",
        ongoing.withdraw_confirmation,
        name="withdraw_confirmation",
    ),
    path("constats/<observation:pk>/geler/", holds.hold_observation, name="hold_observation"),
    path("constats/<observation:pk>/degeler/", holds.lift_observation, name="lift_observation"),
    path("constats/<observation:pk>/terminer/", end_views.observation, name="end_observation"),
    path("perturbations/", ongoing.disruptions, name="disruptions"),
    path("perturbations/nouvelle/", ongoing.create_disruption, name="create_disruption"),
    path("perturbations/vues/", records.see_disruptions, name="see_disruptions"),
    path("perturbations/<disruption:pk>/", records.disruption, name="disruption"),
    path("perturbations/<disruption:pk>/corriger/", records.edit_disruption, name="edit_disruption"),
    path("perturbations/<disruption:pk>/annuler/", records.cancel_disruption, name="cancel_disruption"),
    path("perturbations/<disruption:pk>/retablir/", records.restore_disruption, name="restore_disruption"),
    path("perturbations/<disruption:pk>/geler/", holds.hold_disruption, name="hold_disruption"),
    path("perturbations/<disruption:pk>/degeler/", holds.lift_disruption, name="lift_disruption"),
    path("perturbations/<disruption:pk>/terminer/", end_views.disruption, name="end_disruption"),
    path("perturbations/<disruption:pk>/relire/", reread_views.reread_disruption, name="reread_disruption"),
    path("api/v1/incidents/", api.IncidentsView.as_view(), name="api_incidents"),
    path("api/v1/incidents/<any_fact:pk>/", api.IncidentView.as_view(), name="api_incident"),
    # For people with a session; programs do not need the schema.
    path(
        "api/schema/",
        login_required(
            for_roles(Role.LEAD, Role.ADMIN)(
                SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[])
            )
        ),
        name="api_schema",
    ),
]
