"""HTTP Range and ETag for a body that is in memory (RFC 9110)."""

import re

from fastapi import Request, Response

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def ranged(request: Request, content: bytes, etag: str, media_type: str) -> Response:
    """The whole body, or the part that was asked for while the ETag still holds."""
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return Response(content, 200, headers, media_type)
    first = int(asked[1])
    last = min(int(asked[2] or len(content)), len(content) - 1)
    if first >= len(content) or last < first:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first:last + 1], 206, headers, media_type)
