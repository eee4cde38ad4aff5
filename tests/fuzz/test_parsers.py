"""Every parser takes any bytes: it returns, or it refuses in words of its own.

`corpus` keeps inputs that reach far into each parser, among them all that ever broke one; a line is
an input, with Python's escapes. Hypothesis cuts, doubles and mixes them. Whatever it finds is to be
added.
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.anonymize.browser import read_browser
from ingest.anonymize.landing import read_how, read_landing
from ingest.receive.batch import read_timed, split_batch
from ingest.receive.event import read_event, read_pixel
from ingest.receive.problem import Problem
from ingest.receive.proxies import Proxies
from ingest.receive.sender import Sender, read_sender
from ingest.settings import Site
from queries.parameters import read_query
from queries.plan import choose
from queries.problem import ProblemError
from queries.request import parse
from queries.sql import write

CORPUS = Path(__file__).parent / "corpus"
NOW = 1_795_000_000.0
SITE = Site("example.com", query_params=("q", "page"))
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SENDER = Sender("90.1.7.8", read_browser(FIREFOX, "fr"), opted_out=False, prefetched=False)
PROXIES = Proxies(["127.0.0.1/32", "10.0.0.0/8"])
LIMIT = 300


def read(name):
    lines = (CORPUS / f"{name}.txt").read_text().splitlines()
    return [line.encode("latin-1", "backslashreplace").decode("unicode_escape") for line in lines]


def event(text):
    raw = read_event(text.encode("utf-8", "surrogateescape"), SENDER)
    assert 0 <= raw.scroll <= 100
    assert len(raw.domains) <= 100
    url(raw.url)


def batch(text):
    for one in split_batch(text.encode("utf-8", "replace")):
        assert NOW - 72 * 3600 <= read_timed(one, NOW).time <= NOW


def url(text):
    raw = read_pixel(b"u=https://example.com/&d=example.com", SENDER)
    try:
        landing = read_landing(text, True, SITE)
    except ValueError:  # what `receive` refuses
        return
    for value in (*landing.where, *read_how(raw.referrer or text, landing, SITE)):
        assert value
        assert len(value) <= LIMIT
        assert value.isprintable()
        value.encode()


def headers(text):
    lines = text.encode("latin-1", "replace").split(b"\n")
    names = (b"user-agent", b"accept-language", b"sec-ch-ua", b"x-forwarded-for", b"forwarded")
    sender = read_sender(list(zip(names, lines, strict=False)), "10.0.0.1", PROXIES)
    for value in (*sender.browser.setup.technology, sender.browser.setup.language):
        assert value
        assert len(value) < 40
        assert value.isprintable()


def open_sites(_):
    return (SITE,)


def query(text):
    write(choose(parse(text.encode("utf-8", "replace"), open_sites, NOW)))


def parameters(text):
    pairs = [tuple(pair.partition("=")[::2]) for pair in text.split("&")]
    query(read_query(pairs).body.decode())


PARSERS = {"event": event, "batch": batch, "url": url, "headers": headers, "query": query}
PARSERS["parameters"] = parameters


def try_out(name, text):
    """Return whether the text is read; a refusal blames who sent it."""
    try:
        PARSERS[name](text)
    except (Problem, ProblemError) as problem:
        refusal = problem
    else:
        return True
    assert 400 <= refusal.status < 500
    return False


@st.composite
def mixed(draw, texts):
    """Pieces of the corpus, cut anywhere, with something in between."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from(texts))
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        pieces.append(draw(st.sampled_from([text, text[start:], text[:end], text[start:end]])))
        pieces.append(draw(st.just("") | st.text(st.characters(), max_size=3)))
    return "".join(pieces) * draw(st.sampled_from([1, 1, 1, 3]))


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_kept_is_read_or_refused(name):
    for text in read(name):
        try_out(name, text)


@pytest.mark.parametrize("name", PARSERS)
@given(st.data())
@settings(max_examples=150)
def test_whatever_comes_is_read_or_refused(name, data):
    try_out(name, data.draw(mixed(read(name))))


def test_the_corpus_reaches_into_every_parser():
    """Something of it is read by each, so that not all is refused at the door."""
    for name in PARSERS:
        assert sum(try_out(name, text) for text in read(name)) >= 2, name
