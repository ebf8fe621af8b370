"""Send a form that changes levels, and agree to what the page then says of them."""

from incidents.foreseen import AGREED


def agreed(client, url, data=None, **options):
    """Send ``data``; where the page asks about levels, agree and send it again. Return the last answer."""
    answer = client.post(url, data or {}, **options)
    asked = bool(answer.context) and "foreseen" in answer.context and answer.context["foreseen"]
    return client.post(url, (data or {}) | {AGREED: asked.key}, **options) if asked else answer
