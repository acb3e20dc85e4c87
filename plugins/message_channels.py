"""How a message travels, a district's digest or an alert: by Airflow's SMTP connection, or to a WeCom webhook."""

from collections import deque
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lowincome.deliver.recipients import Recipient
    from lowincome.sources.connection import Connection


class Message(Protocol):
    """What travels: one line, and a text in Markdown."""

    subject: str
    markdown: str


Send = Callable[[Message, "Recipient | None"], bool]
SMTP, WECOM = "smtp_default", "wecom_webhook"
WEBHOOK_PATH = "/cgi-bin/webhook/send"
TIMEOUT_SECONDS = 20
ROBOT_MESSAGES, ROBOT_SECONDS = 20, 60
"""A WeCom robot takes so many messages in so much time and refuses the rest."""


def by_mail(message: Message, recipient: "Recipient | None") -> bool:
    """Mail a message to its recipient's addresses; False where the operator named none."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook
    from lowincome.errors import SourceUnavailable
    from markdown_it import MarkdownIt

    if recipient is None or not recipient.email:
        return False
    try:
        with SmtpHook(SMTP) as hook:
            hook.send_email_smtp(to=list(recipient.email), subject=message.subject,
                                 html_content=MarkdownIt().render(message.markdown))
    except OSError as error:  # smtplib's errors are OSErrors; their text may hold addresses
        raise SourceUnavailable(what=f"the mail was not taken: {type(error).__name__}", where=SMTP) from None
    return True


def paced(send: Send, now: Callable[[], float] = monotonic, wait: Callable[[float], None] = sleep) -> Send:
    """The same sender, which waits before it would send more than the robot takes."""
    sent: deque[float] = deque(maxlen=ROBOT_MESSAGES)

    def send_in_time(message: Message, recipient: "Recipient | None") -> bool:
        if len(sent) == ROBOT_MESSAGES and (pause := sent[0] + ROBOT_SECONDS - now()) > 0:
            wait(pause)
        sent.append(now())
        return send(message, recipient)

    return send_in_time


def by_wecom(webhook: "Connection") -> Send:
    """The sender to one group's robot; the connection's password is the robot's key."""

    def send(message: Message, recipient: "Recipient | None") -> bool:
        import requests
        from lowincome.errors import SourceUnavailable

        body = {"msgtype": "markdown", "markdown": {"content": message.markdown}}
        url = webhook.base_url + (webhook.base_path or WEBHOOK_PATH)
        try:
            answer = requests.post(url, params={"key": webhook.password}, json=body, timeout=TIMEOUT_SECONDS,
                                   verify=webhook.verify, allow_redirects=False)
            code = answer.json()["errcode"] if answer.status_code == requests.codes.ok else answer.status_code
        except (requests.RequestException, KeyError, TypeError) as error:  # the text of the error holds the key
            raise SourceUnavailable(what=f"no answer: {type(error).__name__}", where=WECOM) from None
        if code != 0:
            raise SourceUnavailable(what="the message was refused", where=WECOM, found=f"code {code}")
        return True

    return paced(send)
