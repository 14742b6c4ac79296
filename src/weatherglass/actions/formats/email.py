"""E-mail: the same as text and as HTML."""

from __future__ import annotations

from email.message import EmailMessage
from html import escape

from weatherglass.actions.formats.cutting import cut, one_line
from weatherglass.actions.message import Facts, Line, Link, Message

MOST_SUBJECT = 200
_COLOURS = {"good": "#1a7f37", "neutral": "#24292f", "bad": "#b42318"}


def email(message: Message, sender: str, to: tuple[str, ...], message_id: str) -> EmailMessage:
    """A multipart message; `message_id` lets receivers tell a repetition from news."""
    made = EmailMessage()
    made["Subject"] = cut(one_line(message.title), MOST_SUBJECT)
    made["From"], made["To"] = sender, ", ".join(to)
    made["Message-ID"] = f"<{message_id}@weatherglass>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text(message))
    made.add_alternative(html(message), subtype="html")
    return made


def text(message: Message) -> str:
    """Plain text."""
    parts = [one_line(message.title)]
    for block in message.blocks:
        if isinstance(block, Line):
            parts.append(block.text)
        elif isinstance(block, Facts):
            parts.append("\n".join(f"{name}: {one_line(value)}" for name, value in block.pairs))
        elif isinstance(block, Link):
            parts.append(f"{one_line(block.label)}: {block.url}")
        else:
            parts.append("\n".join([block.title, *(f"  - {one_line(item)}" for item in block.items)]))
    return "\n\n".join(parts) + "\n"


def html(message: Message) -> str:
    """One HTML page without anything from elsewhere."""
    parts = [f'<h2 style="color:{_COLOURS[message.tone]};margin:0 0 12px">{escape(one_line(message.title))}</h2>']
    for block in message.blocks:
        if isinstance(block, Line):
            parts.append(f"<p>{escape(block.text)}</p>")
        elif isinstance(block, Facts):
            cells = "<th align='left' style='padding-right:16px'>{}</th><td>{}</td>"
            rows = "".join(f"<tr>{cells.format(escape(name), escape(value))}</tr>" for name, value in block.pairs)
            parts.append(f"<table>{rows}</table>")
        elif isinstance(block, Link):
            parts.append(f'<p><a href="{escape(block.url)}">{escape(block.label)}</a></p>')
        else:
            items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
            parts.append(f"<p><b>{escape(block.title)}</b></p><ul>{items}</ul>")
    head = '<!doctype html><html><body style="font-family:sans-serif;color:#24292f">'
    return head + "\n".join(parts) + "</body></html>"
