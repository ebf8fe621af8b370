"""The shield of free text, over sentences that should be stopped and sentences that should not."""

import time

import pytest

from incidents.shield import Kind, inspect

STOPPED = {
    Kind.NAME: [
        "Vu avec Mme Durand", "M. Martin refuse de sortir", "monsieur durand du 4e", "Le fils de DUPONT Kevin",
        "Karim a crié toute la nuit", "La famille Lefebvre jette ses sacs", "Voisin Dupont en colère",
        "un certain prénommé Enzo", "le chien de Mohamed", "Groupe mené par Jean-Pierre",
        "vu chez Traoré hier soir", "des menaces de Sylvie envers la gardienne", "Altercation avec Nguyen Thi Lan", "Leo a cassé la porte", "insultes de GERARD",
    ],
    Kind.PHONE: ["rappeler au 06 12 34 56 78", "tel 0612345678", "joindre le +33 1 42 68 53 00", "01.42.68.53.00"],
    Kind.EMAIL: ["écrire à j.dupont@exemple.fr"],
    Kind.PLATE: ["Clio grise AB-123-CD", "scooter ab 123 cd", "épave 1234 AB 75", "épave 1234 ET 75"],
    Kind.NIR: ["n° 1 85 05 78 006 084 91", "185057800608491"],
    Kind.BIRTH: ["né le 12/03/1999", "née en 2001", "jeune de 15 ans", "homme âgé de 40 ans", "date de naissance connue"],
    Kind.HEALTH: ["personne schizophrène", "locataire alcoolique", "il est handicapé", "sous curatelle", "femme enceinte"],
    Kind.ORIGIN: ["groupe de Roumains", "individu noir", "un musulman", "des gens du voyage", "origine maghrébine"],
}  # fmt: skip

PASSED = [
    "", "Porte du hall forcée.", "Porte du hall forcée au 12 rue Jean-Jaurès, bâtiment B",
    "Tapage au 3e étage, Hall A, Police municipale prévenue", "Rue du Général de Gaulle, place Pierre Semard",
    "école Jean Macé et collège Louise Michel", "Résidence Anne Frank bat. C", "tour Jean Moulin Sud",
    "Cité des Roses, Bâtiment Les Lilas", "Allée Marie Curie : voiture brûlée", "devant Franprix",
    "Une dizaine de personnes, feux de poubelles vers 22h30.", "Groupe de 15 personnes dans le hall",
    "Dossier n° 2026/123456", "Dégâts : 1 250,00 €", "le 12/03/2026 à 22h30", "Le 14 juillet, mortiers.",
    "Monsieur le maire informé", "Le Camion de la Ville est passé. Les Pompiers sont venus.",
    "Interphone HS hall 3, lumière noire dans la cave", "Squat Cave 3 Escalier B", "Squat de la cave, 2e sous-sol",
    "Scooter Yamaha Rouge sur la dalle", "Tags sur la Porte Nord Est", "voiture blanche sans roues",
    "Boulevard de la République", "avenue du Docteur Calmette", "Square Saint-Exupéry", "Local Vélos fracturé",
    "Vitre brisée côté Rez-de-chaussée Gauche", "Centre Commercial Les Arcades", "Parking Carrefour Market",
    "Chien sans laisse", "Fête de la Musique", "travaux SNCF le long des voies", "Métro Robespierre",
    "2 scooters, 1 quad ; 06h15", "appartement 204 bis", "halls 12 et 14", "16 ET 18 RUE DES ESSAIS", "caves 112 et 14",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in STOPPED.items() for text in texts]
)
def test_points_at(kind, text):
    assert [passage.kind for passage in inspect(text)] == [kind]


@pytest.mark.parametrize("text", PASSED)
def test_leaves_alone(text):
    assert inspect(text) == []


def test_says_where_each_passage_is():
    text = "Vu avec Mme Durand, 06 12 34 56 78."
    assert [text[p.start : p.end] for p in inspect(text)] == ["Mme Durand", "06 12 34 56 78"]


def test_a_long_text_takes_no_longer_for_each_of_its_words():
    # Searched from its start at each word, it takes most of a minute.
    before = time.process_time()
    assert len(inspect("Jean Xx. " * 2_500)) == 2_500
    assert time.process_time() - before < 10


def test_the_end_of_a_longer_word_is_no_kind_of_place():
    assert [passage.kind for passage in inspect("vu lamorue" + " " * 77 + "Jean")] == [Kind.NAME]
