"""Lead a file through the pages of an import, as a person does; the worker's part is done at once."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.scope import system_scope
from core.opaque import read
from sites.imports import tasks
from sites.models import ImportRun
from tests.imports import outcome

OWN_FACTS = "N° fait;Type d'incident;Date du fait;Code résidence;Adresse;Code postal;Ville"
OWN_STOCK = "Code programme;Nom programme;Adresse;CP;Ville;Nb logts"


def stored(model, *fields):
    """Return fields of every row of a model, as they were created."""
    with system_scope("seeding"):
        return list(model.objects.order_by("id").values_list(*fields))


class Told:
    def update(self, done, total):
        assert 0 <= done <= total


class Flow:
    """A person's way through the pages; the worker's part is done here, when a page asks for it."""

    def __init__(self, client, person, landlord):
        self.client, self.person, self.landlord = client, person, landlord
        self.pk = 0

    def send(self, content, name="outil.csv"):
        file = SimpleUploadedFile(name, content)
        answer = self.client.post(
            reverse("sites:import_create"), {"organisation": self.landlord.pk, "file": file}
        )
        self.pk = read("import", answer.headers["Location"].strip("/").split("/")[-1])
        self.work()
        return self

    def work(self):
        tasks._perform(self.pk, self.person, Told())
        tasks._give_back(self.pk, self.person)

    def url(self, name):
        return reverse(f"sites:import_{name}", args=[self.pk])

    def get(self, name, query=""):
        return self.client.get(self.url(name) + query)

    def post(self, name, query="", **changes):
        """Send the form of a page as it stands there, but for ``changes``."""
        form = self.get(name, query).context["form"]
        values = {field.html_name: _shown(field) for field in form}
        return self.client.post(self.url(name) + query, values | changes)

    def columns(self, query="", **changes):
        answer = self.post("columns", query, **changes)
        if answer.status_code == 302 and answer.headers["Location"] == self.url("detail"):
            self.work()
        return answer

    def words(self, **changes):
        answer = self.post("words", **changes)
        self.work()
        return answer

    def start(self, **answers):
        answer = self.client.post(self.url("start"), answers)
        self.work()
        return answer

    def rejected(self):
        content = b"".join(self.get("rejected").streaming_content)
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))

    @property
    def run(self):
        with system_scope("seeding"):
            return ImportRun.objects.get(pk=self.pk)

    def through(self, content, name="outil.csv", query="", answers=None, columns=None, words=None):
        """Lead a file from its sending to its import, with the choices proposed but for those given."""
        self.send(content, name)
        location = self.columns(query, **columns or {}).headers["Location"]
        if location == self.url("words"):
            self.words(**words or {})
        self.start(**answers or {})
        return outcome(self.run, self.run.counts)


def _shown(field):
    """Return what a browser sends of a field left as it stands: of a list without a choice, its first line."""
    value = field.value() or ""
    choices = [choice for choice, _label in getattr(field.field, "choices", [])]
    return choices[0] if choices and value not in choices else value
