"""Declare the URLs of the classification application."""

from django.urls import path

from .campaigns import comparison_views as campaign_comparisons
from .campaigns import queue_views as campaign_queues
from .campaigns import step_views as campaign_steps
from .campaigns import views as campaigns
from .decisions import views as decisions
from .foresight import views as foresight
from .grids import adoption_views as adoptions
from .grids import views as grids
from .history import views as history
from .home import views as home
from .indicators import views as indicators
from .map import views as map_views
from .method import views as method
from .residence import views as residence
from .workshop import contest_views as contests
from .workshop import lead_views as workshop_leads
from .workshop import minutes_views as workshop_minutes
from .workshop import views as workshop

app_name = "classification"
urlpatterns = [
    path("accueil/", home.home, name="home"),
    path("mes-faits/", home.my_facts, name="my_facts"),
    path("residences/", residence.residences, name="residences"),
    path("residences/export.<str:kind>", residence.export, name="export"),
    path("residences/evolution/", history.landlord, name="history"),
    path("residences/evolution/export.<str:kind>", history.landlord_export, name="history_export"),
    path("territoires/<territory:pk>/evolution/", history.territory, name="territory_history"),
    path(
        "territoires/<territory:pk>/evolution/export.<str:kind>",
        history.territory_export,
        name="territory_history_export",
    ),
    path("residences/niveaux/", decisions.decisions, name="decisions"),
    path("residences/niveaux/confirmer/", decisions.confirm_levels, name="confirm_levels"),
    path("residences/niveaux/<decision:pk>/retirer/", decisions.withdraw_decision, name="withdraw_decision"),
    path("residences/<residence:pk>/niveau/", decisions.decide_level, name="decide_level"),
    path("residences/<residence:pk>/", residence.residence, name="residence"),
    path("campagnes/", campaigns.campaigns, name="campaigns"),
    path("territoires/<territory:pk>/campagnes/nouvelle/", campaigns.campaign_create, name="campaign_create"),
    path("campagnes/<campaign:pk>/", campaigns.campaign, name="campaign"),
    path("campagnes/<campaign:pk>/modifier/", campaigns.campaign_edit, name="campaign_edit"),
    path("campagnes/<campaign:pk>/supprimer/", campaigns.campaign_delete, name="campaign_delete"),
    path("campagnes/<campaign:pk>/niveaux/", campaign_queues.campaign_queue, name="campaign_queue"),
    path(
        "campagnes/<campaign:pk>/comparaison/",
        campaign_comparisons.campaign_comparison,
        name="campaign_comparison",
    ),
    path(
        "campagnes/<campaign:pk>/comparaison/export.<str:kind>",
        campaign_comparisons.campaign_comparison_export,
        name="campaign_comparison_export",
    ),
    path("campagnes/<campaign:pk>/rappeler/", campaign_queues.campaign_remind, name="campaign_remind"),
    path("campagnes/<campaign:pk>/ouvrir/", campaign_steps.campaign_open, name="campaign_open"),
    path("campagnes/<campaign:pk>/echeance/", campaign_steps.campaign_deadline, name="campaign_deadline"),
    path("campagnes/<campaign:pk>/annuler/", campaign_steps.campaign_cancel, name="campaign_cancel"),
    path("campagnes/<campaign:pk>/arreter/", campaign_steps.campaign_close, name="campaign_close"),
    path("campagnes/<campaign:pk>/corriger/", campaign_steps.campaign_correct, name="campaign_correct"),
    path("campagnes/arrets/<closing:pk>/relancer/", campaign_steps.closing_retry, name="closing_retry"),
    path("campagnes/arrets/<closing:pk>/abandonner/", campaign_steps.closing_abandon, name="closing_abandon"),
    path("campagnes/<campaign:pk>/atelier/", workshop.workshop, name="workshop"),
    path(
        "campagnes/<campaign:pk>/atelier/compte-rendu.pdf",
        workshop_minutes.workshop_minutes,
        name="workshop_minutes",
    ),
    path(
        "campagnes/<campaign:pk>/atelier/<residence:residence>/", workshop.workshop_site, name="workshop_site"
    ),
    path(
        "campagnes/<campaign:pk>/contester/<residence:residence>/", contests.contest_site, name="contest_site"
    ),
    path(
        "campagnes/contestations/<contest:pk>/retirer/", contests.contest_take_back, name="contest_take_back"
    ),
    path("campagnes/contestations/<contest:pk>/conclure/", contests.contest_settle, name="contest_settle"),
    path(
        "campagnes/conclusions/<settlement:pk>/retenir/",
        workshop_leads.follow_workshop,
        name="follow_workshop",
    ),
    path("indicateurs/", indicators.page, name="indicators"),
    path("indicateurs/export.<str:kind>", indicators.export, name="indicators_export"),
    path("a-surveiller/", foresight.watch, name="watch"),
    path("a-surveiller/export.<str:kind>", foresight.export, name="watch_export"),
    path("a-surveiller/<residence:pk>/veille/", foresight.rest, name="rest"),
    path("a-surveiller/veille/<rest:pk>/reprendre/", foresight.rest_end, name="rest_end"),
    path("carte/", map_views.map_page, name="map"),
    path("carte/donnees/", map_views.map_data, name="map_data"),
    path("methode/", method.method, name="grid"),
    path("methode/grilles/", grids.versions, name="grid_versions"),
    path("methode/grilles/<grid:pk>/", grids.version, name="grid_version"),
    path("methode/adoptions/<adoption:pk>/", adoptions.adoption, name="adoption"),
    path("methode/adoptions/<adoption:pk>/repondre/", adoptions.adoption_answer, name="adoption_answer"),
    path("methode/adoptions/<adoption:pk>/retirer/", adoptions.adoption_withdraw, name="adoption_withdraw"),
    path("territoires/<territory:pk>/grille/proposer/", adoptions.adoption_create, name="adoption_create"),
    path("methode/simulateur/", grids.simulator, name="simulator"),
    path("methode/simulateur/export.<str:kind>", grids.export, name="simulator_export"),
]
