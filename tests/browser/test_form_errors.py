"""Test the errors of every form for each role: shown, announced and focused, without loss of input."""

from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from tests.access import MATRIX, arguments
from tests.access.people import ANONYMOUS
from tests.browser.bridge import Bridge

# Whose fields may all be left empty, so that nothing can be wrong with them.
_NEVER_WRONG = {
    "accounts:mails",
    "accounts:other_names",
    # Its conclusion alone is needed, which this test writes.
    "classification:contest_settle",
    "incidents:answer",
    "sites:agreement_communes",
    "sites:assignments",
    "sites:import_undo",
    "sites:import_words",
    "sites:place_addresses",
}
# Sends home whoever is logged in.
_ELSEWHERE = {"mfa_authenticate"}
_EMPTY = """() => {
  const form = [...document.querySelectorAll("main form[method=post]")].find(
    (form) => new URL(form.action).pathname === location.pathname && form.querySelector(":is(input, select, textarea):not([type=hidden])"));
  if (!form) return null;
  form.id ||= "looked-at";
  form.noValidate = true;
  let typed = "";
  const fields = [...form.elements].filter((field) => field.type !== "hidden" && !["BUTTON", "FIELDSET"].includes(field.tagName));
  for (const field of fields) {
    if (["radio", "checkbox"].includes(field.type)) field.checked = false;
    else if (field.tagName === "SELECT") field.selectedIndex = field.multiple || ![...field.options].some((o) => !o.value) ? -1 : [...field.options].findIndex((o) => !o.value);
    else if (!typed && fields.length > 1 && field.tagName === "TEXTAREA") { field.value = "Essai"; typed = field.name; }
    else field.value = "";
  }
  return {id: form.id, typed};
}"""
_SEND = """id => {
  document.getElementById(id).requestSubmit();
  document.querySelector("#confirm[open] [value=yes]")?.click();
}"""
_SAID = """() => {
  const wrong = [...document.querySelectorAll("main form :is([aria-invalid=true], [data-invalid])")];
  const here = document.activeElement;
  const described = (field) => (field.getAttribute("aria-describedby") || field.closest("fieldset[aria-describedby]")?.getAttribute("aria-describedby") || "")
    .split(" ").some((id) => document.getElementById(id)?.textContent.trim());
  return {
    wrong: wrong.length,
    silent: wrong.filter((field) => !described(field)).map((field) => field.outerHTML.slice(0, 160)),
    // Or the list of what is wrong, which leads to it.
    focused: wrong.length > 0 && (wrong[0] === here || wrong[0].contains(here) || !!here.querySelector(`:scope[role=alert] a[href="#${wrong[0].id}"]`)),
  };
}"""


def _forms(role: Role) -> set[str]:
    return {
        name
        for name, row in MATRIX.items()
        if role in row.get("GET", ())
        and role in row.get("POST", ())
        and name not in _NEVER_WRONG | _ELSEWHERE
        # Of those that nobody logs in for, the one for people logged in shows the same.
        and ANONYMOUS not in row["GET"]
    }


@pytest.fixture(scope="session")
def seen() -> set[str]:
    """The forms that another role has sent in this process: what they say is the same for all."""
    return set()


@pytest.mark.parametrize("role", Role)
def test_every_form_says_what_is_wrong(role, world, sign_in, browser, seen):
    context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", service_workers="block")
    bridge = Bridge(context.new_page())
    client = sign_in(world.people[role])
    faults = {}
    for name in sorted(_forms(role) - seen):
        with transaction.atomic():
            row = MATRIX[name]
            query = urlencode(row["query"](world), doseq=True) if "query" in row else ""
            bridge.open(client, f"{reverse(name, kwargs=arguments(name, world, role))}?{query}")
            fault = _fault(bridge.page)
            bridge.leave()
            transaction.set_rollback(True)
        if fault is not None:
            seen.add(name)
        if fault:
            faults[name] = fault
    context.close()
    assert faults == {}


def _sent(page, form_id: str) -> int:
    """Send a form, agree to what it asks, and return the status of the answer or of the page that it leads to."""
    with page.expect_navigation() as waiting:
        page.evaluate(_SEND, form_id)
    return waiting.value.status


def _fault(page) -> str | None:
    """What is wrong with the page's answer to its form left empty; None where there is no form."""
    form = page.evaluate(_EMPTY)
    if form is None:
        return None
    status = _sent(page, form["id"])
    if status not in {200, 400, 422}:
        return f"answered {status}"
    said = page.evaluate(_SAID)
    if not said["wrong"]:
        return "does not say what is wrong"
    if said["silent"] or not said["focused"]:
        return f"focus on the error: {said['focused']}; without an explanation: {said['silent']}"
    if form["typed"] and page.locator(f"[name={form['typed']}]").input_value() != "Essai":
        return f"forgot {form['typed']}"
    return ""
