"""Route the addresses of the sites app."""

from django.urls import path

from .basemap import views as basemap
from .geocoding import views as geocoding
from .imports import views as imports
from .imports.mapping import views as mapping
from .imports.undo import views as undo
from .references import views as references
from .sharing import agreement_views as agreements
from .sharing import views as sharing
from .upkeep import closed_views
from .upkeep import place_views as places
from .upkeep import views as upkeep

app_name = "sites"
urlpatterns = [
    path("territoires/", sharing.territories, name="territories"),
    path("territoires/nouveau/", sharing.create_territory, name="create_territory"),
    path("territoires/<territory:pk>/", sharing.edit_territory, name="edit_territory"),
    path("territoires/<territory:pk>/communes/defaire/", sharing.undo_communes, name="undo_communes"),
    path("territoires/communes/", sharing.communes, name="communes"),
    path("conventions/", agreements.agreements, name="agreements"),
    path("conventions/nouvelle/", agreements.sign_agreement, name="sign_agreement"),
    path("conventions/<agreement:pk>/", agreements.agreement, name="agreement"),
    path("conventions/<agreement:pk>/reponse/", agreements.answer_agreement, name="answer_agreement"),
    path("conventions/<agreement:pk>/communes/", agreements.agreement_communes, name="agreement_communes"),
    path("conventions/<agreement:pk>/terminer/", agreements.end_agreement, name="end_agreement"),
    path("comptes/roles/<membership:pk>/residences/", sharing.assignments, name="assignments"),
    path(
        "comptes/roles/<membership:pk>/residences/defaire/", sharing.undo_assignments, name="undo_assignments"
    ),
    path(
        "comptes/invitations/<proposal:pk>/residences/",
        sharing.proposed_assignments,
        name="proposed_assignments",
    ),
    path("imports/", imports.imports, name="imports"),
    path("imports/nouveau/", imports.import_create, name="import_create"),
    path("imports/modele/<str:kind>.<str:ending>", imports.import_template, name="import_template"),
    path("imports/<import:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<import:pk>/rapport/", imports.import_report, name="import_report"),
    path("imports/<import:pk>/reprendre/", imports.import_restart, name="import_restart"),
    path("imports/<import:pk>/defaire/", undo.import_undo, name="import_undo"),
    path(
        "residences/references/<reference:pk>/retirer/", references.forget_reference, name="forget_reference"
    ),
    path("residences/fermees/", closed_views.closed, name="closed"),
    path("residences/<residence:pk>/gerer/", upkeep.manage, name="manage"),
    path("residences/<residence:pk>/corriger/", upkeep.correct_residence, name="correct_residence"),
    path("residences/<residence:pk>/fermer/", upkeep.close_residence, name="close_residence"),
    path("residences/<residence:pk>/rouvrir/", upkeep.reopen_residence, name="reopen_residence"),
    path("residences/<residence:pk>/adresses/nouvelle/", upkeep.add_address, name="add_address"),
    path("adresses/<address:pk>/corriger/", upkeep.correct_address, name="correct_address"),
    path("adresses/<address:pk>/fermer/", upkeep.close_address, name="close_address"),
    path("adresses/<address:pk>/rouvrir/", upkeep.reopen_address, name="reopen_address"),
    path("residences/<residence:pk>/fusionner/", places.merge_residence, name="merge_residence"),
    path("residences/<residence:pk>/deplacer/", places.move_addresses, name="move_addresses"),
    path("residences/<residence:pk>/separer/", places.split_residence, name="split_residence"),
    path("adresses/<address:pk>/fusionner/", places.merge_address, name="merge_address"),
    path("adresses/<address:pk>/separer/", places.split_address, name="split_address"),
    path("patrimoine/modifications/<change:pk>/defaire/", upkeep.undo, name="undo_change"),
    path("imports/<import:pk>/colonnes/", mapping.import_columns, name="import_columns"),
    path("imports/<import:pk>/lecture/", mapping.import_reading, name="import_reading"),
    path("imports/<import:pk>/natures/", mapping.import_words, name="import_words"),
    path("imports/<import:pk>/importer/", imports.import_start, name="import_start"),
    path("imports/<import:pk>/abandonner/", imports.import_abandon, name="import_abandon"),
    path("imports/<import:pk>/lignes/", imports.import_rejected, name="import_rejected"),
    path("imports/correspondances/", mapping.mappings, name="import_mappings"),
    path("imports/correspondances/<mapping:pk>/", mapping.mapping_rename, name="import_mapping"),
    path(
        "imports/correspondances/<mapping:pk>/supprimer/",
        mapping.mapping_delete,
        name="import_mapping_delete",
    ),
    path(
        "imports/correspondances/<mapping:pk>/partager/", mapping.mapping_share, name="import_mapping_share"
    ),
    path(
        "imports/correspondances/partagees/<shared_mapping:pk>/",
        mapping.shared_mapping,
        name="shared_mapping",
    ),
    path(
        "imports/correspondances/partagees/<shared_mapping:pk>/retirer/",
        mapping.mapping_withdraw,
        name="shared_mapping_withdraw",
    ),
    path("fond/<int:z>/<int:x>/<int:y>.mvt", basemap.vector_tile, name="vector_tile"),
    path("fond/<int:z>/<int:x>/<int:y>.png", basemap.raster_tile, name="raster_tile"),
    path("quartiers-prioritaires.geojson", basemap.neighbourhoods, name="neighbourhoods"),
    path("communes.geojson", basemap.commune_outlines, name="commune_outlines"),
    path("adresses/a-placer/", geocoding.to_place, name="to_place"),
    path("adresses/a-placer/ensemble/", geocoding.place_addresses, name="place_addresses"),
    path("adresses/placements/<placement:pk>/", geocoding.placement, name="placement"),
    path("adresses/placements/<placement:pk>/defaire/", geocoding.placement_undo, name="placement_undo"),
    path("adresses/<address:pk>/placer/", geocoding.place_address, name="place"),
    path("adresses/<address:pk>/propositions/", geocoding.candidates, name="candidates"),
    path("adresses/positions/<position:pk>/revenir/", geocoding.return_address, name="return_address"),
]
