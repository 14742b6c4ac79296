"""Sending one message over one channel."""

from __future__ import annotations

import base64
import json
import os
import smtplib
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weatherglass.actions.channels.outgoing import TIMEOUT, connected, post
from weatherglass.actions.channels.result import Failed, given
from weatherglass.actions.channels.signing import signed
from weatherglass.actions.formats.email import email
from weatherglass.actions.formats.event import event
from weatherglass.actions.formats.segment import segment
from weatherglass.actions.formats.slack import slack
from weatherglass.actions.formats.teams import teams
from weatherglass.actions.message import Message
from weatherglass.config.channels import SEGMENT_URL, Channel


def send(
    channel: Channel, message: Message, message_id: str, made_at: str, folder: Path, people: Sequence[str] = ()
) -> None:
    """Send a message, once. Errors: Failed.

    message_id: the same over all tries. made_at: an ISO time. folder: where a file's relative path begins.
    people: user ids of the account that it is about, for channels that speak of people.
    """
    if channel.kind == "file":
        _write(folder / given(channel.path), {"id": message_id, **event(message, made_at)})
    elif channel.kind == "email":
        _mail(channel, message, message_id)
    elif channel.kind == "webhook":
        body = _json(event(message, made_at))
        secrets = [given(secret) for secret in channel.secrets]
        headers = signed(secrets, message_id, int(time.time()), body)
        post(given(channel.url), body, headers, private=channel.allow_private)
    elif channel.kind == "segment":
        key = base64.b64encode(f"{given(channel.write_key)}:".encode()).decode()
        address = given(channel.url) or SEGMENT_URL
        for batch in segment(message, message_id, made_at, people):
            post(address, _json(batch), {"Authorization": f"Basic {key}"}, private=channel.allow_private)
    else:
        made = slack(message) if channel.kind == "slack" else teams(message)
        post(given(channel.url), _json(made), {}, private=channel.allow_private)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _write(path: Path, made: dict[str, Any]) -> None:
    """Add a line, and have it on the disk before it counts as sent."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            # a line that a killed process left half written must not swallow this one
            torn = file.tell() and not _ends_well(path)
            file.write((b"\n" if torn else b"") + _json(made) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}") from None


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


class _Smtp(smtplib.SMTP):
    """SMTP over a connection whose address was checked."""

    def __init__(self, channel: Channel) -> None:
        self._private = channel.allow_private
        super().__init__(timeout=TIMEOUT)
        self._host = channel.server
        self.connect(channel.server, channel.port)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return connected(host, port, private=self._private, timeout=timeout)


def _mail(channel: Channel, message: Message, message_id: str) -> None:
    made = email(message, channel.sender, channel.to, message_id)
    try:
        with _Smtp(channel) as server:
            if channel.starttls:
                server.starttls(context=ssl.create_default_context())
            if channel.user is not None:
                server.login(given(channel.user), given(channel.password))
            refused = server.send_message(made)
    except smtplib.SMTPRecipientsRefused as error:
        raise Failed(f"{channel.server} refuses every address: {error}", final=True) from None
    except smtplib.SMTPResponseException as error:
        told = f"{channel.server} answered {error.smtp_code}: {error.smtp_error!r}"
        raise Failed(told, final=500 <= error.smtp_code < 600 and error.smtp_code != 535) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Failed(f"{channel.server}: {error}") from None
    if refused:
        # the others have it: another try would send it to them twice
        raise Failed(f"refused: {', '.join(sorted(refused))}", final=True)
