"""`python -m simulators.visitor URL --company 8301`: from the activation link to the company, as a person would go.

It fills in the forms of the pages that come, and presses their buttons; it knows no address but the link.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

TIMEOUT_S = 30.0
PAGES_MAX = 14  # the way has eight
CHECKS_S = 2.0  # the page of the checks looks that often, too
CHECKS_MAX = 60


class Astray(Exception):
    """A page came on which there is nothing to press that leads on."""


@dataclass(slots=True)
class Form:
    """A form of a page: where it goes, what it carries, and its buttons by value."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page, and its heading."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.heading = ""
        self._in_heading = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_heading = tag == "h1"
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag == "input":
            self._read_input(given)
        elif self.forms and tag == "button":
            self.forms[-1].buttons.append((given.get("name", ""), given.get("value", "")))

    def handle_data(self, data: str) -> None:
        self.heading += data if self._in_heading else ""

    def _read_input(self, given: Mapping[str, str]) -> None:
        form, kind = self.forms[-1], given.get("type", "text")
        if kind == "hidden" or (kind == "checkbox" and "checked" in given):
            form.fields.append((given["name"], given.get("value", "")))
        elif kind == "date":
            form.days.append(given["name"])
        elif kind in ("text", "email", "password") or "type" not in given:
            form.asked.append(given["name"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who goes the way, which company is chosen, and the first day to book: "" is the earliest that is offered."""

    http: httpx.Client
    answers: Mapping[str, str]
    company: str
    first_day: str = ""

    def go(self, link: str) -> str:
        """Open the link and press on, until the page after the checks. Returns its heading. Raises `Astray`."""
        page = self.http.get(link)
        for _page in range(PAGES_MAX):
            page = self._wait_for_checks(page)
            read = Forms(page.text)
            form, button = self._choose(read)
            if form is None:
                return read.heading.strip()
            page = self._press(page, form, button)
        raise Astray(f"no end after {PAGES_MAX} pages: {page.url}")

    def _choose(self, page: Forms) -> tuple[Form | None, tuple[str, str]]:
        """The form that leads on, and its button: the log-in's, the company, the consent, the first day, or the first
        page's. Of the days to begin with it takes the earliest, and then says yes to what is shown."""
        for form in page.forms:
            if form.asked and set(form.asked) <= set(self.answers):
                return form, ("", "")
        for wanted in (self.company, "accept"):
            for form in page.forms:
                for button in form.buttons:
                    if button[1] == wanted:
                        return form, button
        if (step := self._choose_first_day(page)) is not None:
            return step
        first = (form for form in page.forms if ("do", "login") in form.fields)
        return next(first, None), ("", "")

    def _choose_first_day(self, page: Forms) -> tuple[Form, tuple[str, str]] | None:
        """A yes to what is shown of the day that is wanted, or that day chosen."""
        for form in page.forms:
            shown = dict(form.fields).get("from", "")
            if ("do", "live") in form.fields and self.first_day in ("", shown):
                return form, ("", "")
        for form in page.forms:
            if self.first_day and form.days:
                return form, (form.days[0], self.first_day)
            days = [button for button in form.buttons if button[0] == "from"]
            if days and not self.first_day:
                return form, min(days)
        return None

    def _press(self, page: httpx.Response, form: Form, button: tuple[str, str]) -> httpx.Response:
        sent = [*form.fields, *((name, self.answers[name]) for name in form.asked)]
        sent += [button] if button[0] else []
        address = urljoin(str(page.url), form.action)
        fields: dict[str, list[str]] = {}
        for name, value in sent:
            fields.setdefault(name, []).append(value)
        if form.method == "get":
            return self.http.get(address, params=fields)
        return self.http.post(address, data=fields, headers={"Referer": str(page.url)})

    def _wait_for_checks(self, page: httpx.Response) -> httpx.Response:
        """The page that comes when the checks are made, or this one if none are."""
        for _look in range(CHECKS_MAX):
            if page.status_code != httpx.codes.OK:
                break
            if "/progress" not in page.text:
                return page
            time.sleep(CHECKS_S)
            page = self.http.get(str(page.url))
        raise Astray(f"{page.status_code} at {page.url}: {Forms(page.text).heading.strip()}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="simulators.visitor", description="Gives the consent at the simulated Exact.")
    parser.add_argument("link")
    parser.add_argument("--user", default="marie.dupont@example.fr")
    parser.add_argument("--password", default="demo")
    parser.add_argument("--company", default="8301")
    parser.add_argument("--from", dest="first_day", default="", metavar="YYYY-MM-DD", help="the first day to book")
    asked = parser.parse_args()
    with httpx.Client(follow_redirects=True, timeout=TIMEOUT_S) as http:
        answers = {"user": asked.user, "password": asked.password}
        try:
            visitor = Visitor(http=http, answers=answers, company=asked.company, first_day=asked.first_day)
            heading = visitor.go(asked.link)
        except Astray as astray:
            print(astray, file=sys.stderr)
            return 1
    print(heading)
    return 0


if __name__ == "__main__":
    sys.exit(main())
