"""Stored keys follow the reading of addresses that is installed."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management.sql import emit_post_migrate_signal
from django.db import IntegrityError, transaction

from accounts.scope import system_scope
from sites.keys import recompute_keys
from sites.models import Address
from tests import factories as f


@pytest.fixture
def addresses(db):
    with system_scope("seeding"):
        residence = f.ResidenceFactory()
        return [
            f.AddressFactory(residence=residence, label=label, match_key=key)
            for label, key in (
                ("Tour 3 - 26 rue des Essais esc. 2", "3-26 RUE ESSAIS"),
                ("12 rue du Pôle Nord", "12 RUE"),
                ("1 rue des Essais", "1 RUE ESSAIS"),
                ("Appt 4, 1 rue des Essais", "4,1 RUE ESSAIS"),
            )
        ]


def stored():
    with system_scope("seeding"):
        return list(Address.objects.order_by("id").values_list("match_key", "building", "entrance"))


EXPECTED = [
    ("26 RUE ESSAIS # TOUR 3 ESC 2", "Tour 3", "esc. 2"),
    ("12 RUE POLE NORD", "", ""),
    ("1 RUE ESSAIS", "", ""),
    ("4,1 RUE ESSAIS", "", ""),
]


def test_keys_are_computed_anew_from_the_labels_and_a_key_that_is_taken_stays(addresses, monkeypatch):
    monkeypatch.setattr("sites.keys._BATCH", 2)
    done = recompute_keys()
    assert stored() == EXPECTED
    assert (done.changed, done.left) == (2, [addresses[3].pk])


def test_a_second_time_changes_nothing(addresses):
    recompute_keys()
    assert recompute_keys().changed == 0


def test_migrate_brings_the_keys_up_to_date(addresses):
    emit_post_migrate_signal(0, interactive=False, db="default")
    assert stored() == EXPECTED


@pytest.mark.parametrize(
    ("name", "constraint", "wrong", "right", "words"),
    [
        ("rnb_id", "address_rnb_id_is_one", "1GA7", "1GA7PBYM1QDY", "douze lettres et chiffres"),
        ("ban_key", "address_ban_key_is_one", "75112", "75112_1234_00012_bis", "clé BAN"),
    ],
)
def test_a_national_identifier_is_one(addresses, name, constraint, wrong, right, words):
    address = addresses[0]
    with system_scope("seeding"):
        setattr(address, name, right)
        address.save()
        setattr(address, name, wrong)
        with pytest.raises(ValidationError, match=words):
            address.validate_constraints()
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            address.save()
