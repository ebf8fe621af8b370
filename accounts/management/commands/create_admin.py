"""Create the first account of an installation; everybody else is invited from the pages."""

import getpass
from argparse import ArgumentParser

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, User
from accounts.scope import system_scope


class Command(BaseCommand):
    """The command ``manage.py create_admin``; it asks for the password, or reads it from standard input."""

    help = "Create an administrator and, if there is none, the operator's organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the person, the operator, and the source of the password."""
        parser.add_argument("email")
        parser.add_argument("full_name")
        parser.add_argument("--organisation", default="Exploitant", help="name of the operator")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from a pipe")

    @transaction.atomic
    def handle(self, *args: object, **options: str) -> None:
        """Create the account, or say what is wrong with the arguments."""
        email = options["email"].strip().lower()
        user = User(email=email, full_name=options["full_name"])
        password = input() if options["password_stdin"] else getpass.getpass("Password: ")
        try:
            validate_email(email)
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with system_scope("seeding") as scope:
            if User.objects.filter(email__iexact=email).exists():
                message = f"{email} has an account already."
                raise CommandError(message)
            user.set_password(password)
            user.save()
            organisation, _made = Organisation.objects.get_or_create(
                name=options["organisation"], kind=OrganisationKind.OPERATOR
            )
            membership = Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
            write_entry(scope, AuditAction.CREATE, membership, organisation_id=organisation.pk)
        self.stdout.write(f"{email} may log in and invite the others.")
