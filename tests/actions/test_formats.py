"""Formats: every message, however long and strange, within each place's limits and without its markup."""

from __future__ import annotations

import json

import pytest
from effort import drawn
from hypothesis import given
from hypothesis import strategies as st

from weatherglass.actions.formats.email import email, html
from weatherglass.actions.formats.event import MOST_BYTES, event
from weatherglass.actions.formats.markdown import markdown
from weatherglass.actions.formats.slack import slack
from weatherglass.actions.formats.teams import teams
from weatherglass.actions.message import Facts, Line, Link, Message, Points, message

TEXT = st.one_of(
    st.text(max_size=40), st.sampled_from(["<!channel>", "*b* & <x|y>", "&" * 3000, "]( x", "x" * 9000, "a\nb"])
)
BLOCKS = st.one_of(
    st.builds(Line, TEXT),
    st.builds(Facts, st.lists(st.tuples(TEXT, TEXT), max_size=14).map(tuple)),
    st.builds(Points, TEXT, st.lists(TEXT, max_size=60).map(tuple)),
    st.builds(Link, TEXT, st.just("https://example.com/a?b=c&d=<e>")),
)
MESSAGES = st.builds(
    Message,
    st.just("episode.opened"),
    TEXT,
    st.sampled_from(["good", "bad", "neutral"]),
    st.lists(BLOCKS, max_size=70).map(tuple),
    st.dictionaries(st.text(max_size=5), TEXT, max_size=5),
)


@given(MESSAGES)
@drawn(40)
def test_every_message_fits_everywhere(one: Message) -> None:
    made = slack(one)
    assert len(made["blocks"]) <= 50 and len(json.dumps(made["blocks"], ensure_ascii=False)) < 14_500
    assert made["text"] is not None
    for block in made["blocks"]:
        for text in [block.get("text"), *block.get("fields", [])]:
            most = 150 if block["type"] == "header" else 2000 if "fields" in block else 3000
            assert text is None or len(text["text"]) <= most
        assert len(block.get("fields", [])) <= 10
    assert len(json.dumps(teams(one)).encode()) < 28_000
    assert len(json.dumps(event(one, "2026-03-02T09:00:00Z")).encode()) <= MOST_BYTES
    assert email(one, "a@example.com", ("b@example.com",), "m")["Subject"] is not None
    assert "<script" not in html(one) and markdown(one).startswith("## ")
    assert message(json.loads(json.dumps(one.body()))) == one


def test_slack_reads_no_markup_in_names() -> None:
    made = json.dumps(slack(Message("x", "t", "bad", (Line("<!channel> & <https://evil|x>"),))))
    assert "&lt;!channel&gt; &amp; &lt;https://evil|x&gt;" in made and "<!channel>" not in made


@pytest.mark.parametrize("text", ["[x](http://evil)", "**b**", "<http://evil>"])
def test_markdown_is_not_read_in_names(text: str) -> None:
    assert text not in markdown(Message("x", text))
