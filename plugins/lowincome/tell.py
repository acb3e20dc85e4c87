"""The verb that tells each district of its published day, once; how a message travels is the caller's."""

from collections.abc import Callable
from typing import Any

from lowincome.deliver.digest import Digest, digests
from lowincome.deliver.recipients import Recipient, read_recipients
from lowincome.deliver.results import read_results
from lowincome.errors import SourceUnavailable
from lowincome.lake import Lake, write_json
from lowincome.settings import read_settings

Send = Callable[[Digest, Recipient | None], bool]
"""Send one message; whether there was anybody to send it to. SourceUnavailable when it could not be sent."""


def tell(data_date: str, channel: str, send: Send) -> dict[str, int]:
    """Tell every district of a published day what it was not told through this channel yet.

    A message that was sent leaves a receipt; the same content again is not sent, a day that changed is told again.
    A district that cannot be reached does not stop the others: SourceUnavailable names them at the end, and a later
    try sends to them alone.
    """
    settings = read_settings()
    found = read_results(settings.output / data_date)
    recipients, lake = read_recipients(settings.recipients), Lake(settings.lake)
    total, failed = {"told": 0, "told_before": 0, "nobody_to_tell": 0}, []
    with lake.alone(f"tell-{channel}-{data_date}"):
        for digest in digests(found):
            try:
                total[_tell_once(lake, channel, digest, send, recipients.get(digest.district))] += 1
            except SourceUnavailable as error:
                failed.append(f"{digest.district}: {error}")
    if failed:
        raise SourceUnavailable(
            what=f"{len(failed)} districts were not told: {'; '.join(failed)}", where=f"{channel} {data_date}",
            next_step="mend the connection; the next try sends to them alone")
    return total


def _tell_once(lake: Lake, channel: str, digest: Digest, send: Send, recipient: Recipient | None) -> str:
    folder = lake.root / "told" / channel / digest.district
    receipt = folder / f"{digest.data_date}-{digest.sha256[:16]}.json"
    if receipt.exists():
        return "told_before"
    if not send(digest, recipient):
        return "nobody_to_tell"
    content: dict[str, Any] = {"district": digest.district, "data_date": digest.data_date, "sha256": digest.sha256}
    write_json(receipt, content)
    return "told"
