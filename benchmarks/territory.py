"""A territory that shares with landlords, and who coordinates it."""

from collections.abc import Sequence

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from sites.models import AgreementTerms, Commune, SharingAgreement, Territory


def share(
    name: str, landlords: Sequence[Organisation], communes: Sequence[Commune]
) -> tuple[Territory, User]:
    """Make a territory of ``communes`` with an agreement of each landlord; call it in the scope of the seeding."""
    town = Organisation.objects.create(name=name, kind=OrganisationKind.INTERCOMMUNAL)
    territory = Territory.objects.create(name=name, kind="cispd", organisation=town)
    territory.communes.set(communes)
    agreements = SharingAgreement.objects.bulk_create(
        [SharingAgreement(landlord=landlord, territory=territory) for landlord in landlords]
    )
    AgreementTerms.objects.bulk_create(
        AgreementTerms(
            agreement=agreement, landlord=agreement.landlord, territory=territory, organisation=town,
            kind=territory.kind, communes=[commune.pk for commune in communes],
        )
        for agreement in agreements
    )  # fmt: skip
    user = User.objects.create_user(f"{name.lower().replace(' ', '-')}@banc.invalid", "Banc")
    Membership.objects.create(user=user, organisation=town, role=Role.COORDINATOR)
    return territory, user


def lead_of(landlord: Organisation) -> User:
    """Make a lead of a landlord; call it in the scope of the seeding."""
    user = User.objects.create_user(f"referent-{landlord.pk}@banc.invalid", "Banc")
    Membership.objects.create(user=user, organisation=landlord, role=Role.LEAD)
    return user
