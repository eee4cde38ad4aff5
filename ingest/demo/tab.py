"""What the website script sends from a browser's tab."""

from ingest.anonymize.browser import read_browser
from ingest.anonymize.raw_hit import RawHit
from ingest.demo.people import Person

TimedHit = tuple[int, RawHit]
"""When it arrives, in seconds since 1970, and a hit."""


class Tab:
    """A browser's tab on the site, with the script in it."""

    def __init__(self, person: Person, domain: str, start: int, referrer: str) -> None:
        self.hits: list[TimedHit] = []
        self._person = person
        self._domain = domain
        self._time = start
        self._referrer = referrer
        self._url = ""

    def open(self, page: str, query: str) -> None:
        """Open a page of the site."""
        self._referrer = self._url or self._referrer
        self._url = f"https://{self._domain}{page}{'?' if query else ''}{query}"
        self._send("pageview")

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self._time += seconds

    def do(self, event: str, props: tuple[tuple[str, str], ...]) -> None:
        """Report a custom event."""
        self._send(event, props=props)

    def leave(self, engaged: int, scroll: int) -> None:
        """Report how long (in milliseconds) and how far (in percent) the page was read."""
        self._send("engagement", engaged=engaged, scroll=scroll)

    def _send(
        self,
        name: str,
        props: tuple[tuple[str, str], ...] = (),
        engaged: int = 0,
        scroll: int = 0,
    ) -> None:
        person = self._person
        hit = RawHit(
            name=name,
            url=self._url,
            domains=(self._domain,),
            referrer=self._referrer,
            props=props,
            hash_routing=False,
            interactive=True,
            viewport_width=person.viewport_width,
            engaged=engaged,
            scroll=scroll,
            address=person.address,
            browser=read_browser(person.user_agent, person.accept_language),
            opted_out=person.opted_out,
            prefetched=False,
        )
        self.hits.append((self._time, hit))
