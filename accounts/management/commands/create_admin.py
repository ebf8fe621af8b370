"""Create the first account of an installation; everybody else is invited from the pages."""

import getpass
from argparse import ArgumentParser
from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, User
from accounts.scope import system_scope
from core.text import clean


class Command(BaseCommand):
    """The command ``manage.py create_admin``; it asks for what its arguments do not say."""

    help = "Create an administrator and, if there is none, the operator's organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the person, the operator, and the source of the password."""
        parser.add_argument("email", nargs="?", default="", help="asked for if it is not given")
        parser.add_argument("full_name", nargs="?", default="", help="asked for if it is not given")
        parser.add_argument("--organisation", default="Exploitant", help="name of the operator")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from a pipe")

    def handle(self, *args: object, **options: str) -> None:
        """Create the account, or say what is wrong with what was given."""
        try:
            email = (options["email"] or input("E-mail address: ")).strip().lower()
            full_name = clean(options["full_name"] or input("First and last name: "))
            user = User(email=email, full_name=full_name)
            self._refuse(user)
            password = input() if options["password_stdin"] else self._asked(user)
            _check(validate_password, password, user)
        except EOFError as error:
            message = "There is nobody to ask: give the address and the name, and the password with --password-stdin."
            raise CommandError(message) from error
        user.set_password(password)
        self._create(user, options["organisation"])
        self.stdout.write(f"{email} may log in and invite the others.")

    def _refuse(self, user: User) -> None:
        """Refuse an address that is none, or one that has an account, before a password is asked for."""
        _check(validate_email, user.email)
        if not user.full_name:
            message = "A name is needed: invitations say who sends them."
            raise CommandError(message)
        with system_scope("seeding"):
            if User.objects.filter(email__iexact=user.email).exists():
                message = f"{user.email} has an account already."
                raise CommandError(message)

    def _asked(self, user: User) -> str:
        """Return a password typed twice alike; ask again until it is one that the login page would accept."""
        while True:
            password = getpass.getpass("Password (12 characters at least): ")
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if getpass.getpass("The same once more: ") == password:
                return password
            self.stderr.write("These were two different passwords.")

    @transaction.atomic
    def _create(self, user: User, operator: str) -> None:
        with system_scope("seeding") as scope:
            user.save()
            organisation, _made = Organisation.objects.get_or_create(
                name=operator, kind=OrganisationKind.OPERATOR
            )
            membership = Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
            write_entry(scope, AuditAction.CREATE, membership, organisation_id=organisation.pk)


def _check(validate: Callable[..., None], *values: object) -> None:
    try:
        validate(*values)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
