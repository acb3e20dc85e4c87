"""Where a source is and who we are to it: an Airflow Connection without Airflow.

The secret and `extra` (which may hold a database URL with a password) never appear in a repr or an error.
"""

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from lowincome.errors import SettingsInvalid


@dataclass(frozen=True)
class Connection:
    """One Airflow Connection; its id is the source's name. `login` is the app key, `password` the secret."""

    conn_id: str
    conn_type: str
    schema: str = ""
    host: str = ""
    port: int | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def base_url(self) -> str:
        """`scheme://host[:port]` of an http source; plain http only to this very machine."""
        scheme, host = self._scheme_and_host()
        if scheme not in ("http", "https") or not host or "/" in host:
            raise invalid(self.conn_id, "schema must be http or https, and host a name", "correct the connection")
        if scheme == "http" and not _is_loopback(host):
            raise invalid(self.conn_id, "plain http is refused off loopback", "set the connection's schema to https")
        shown = f"[{host}]" if ":" in host else host
        return f"{scheme}://{shown}" + (f":{self.port}" if self.port else "")

    @property
    def base_path(self) -> str:
        """What precedes every path of the source, percent-encoded as it is sent and signed; without a closing slash.

        It is written as the HTTP library would rewrite it: what was encoded is encoded anew, dot segments are gone.
        """
        path = normpath("/" + str(self.extra.get("base_path") or "").strip("/"))
        segments = [quote(unquote(segment), safe="-._~!$&'()*+,;=:@") for segment in path.split("/")]
        return "/".join(segments).rstrip("/")

    @property
    def app_key(self) -> str:
        """The login of a source that is told it in a header, which carries Latin-1 and no more."""
        try:
            self.login.encode("latin-1")
        except UnicodeEncodeError:
            raise invalid(self.conn_id, "login holds characters that no header carries", "set the app key") from None
        return self.login

    @property
    def verify(self) -> bool | str:
        """The CA bundle that TLS trusts: True is the system's. Verification cannot be turned off."""
        value = self.extra.get("verify")
        if value in (None, True) or str(value).lower() in ("true", ""):
            return True
        if not isinstance(value, str) or not os.path.exists(value):
            raise invalid(self.conn_id, "extra.verify must be the path of a CA bundle", "verification stays on")
        return value

    def number(self, name: str, default: float) -> float:
        """A positive number of `extra`, such as `page_size` or `timeout` (seconds)."""
        value = self.extra.get(name)
        try:
            number = default if value in (None, "") else float(str(value))
        except ValueError:
            number = -1.0
        if not number > 0:
            raise invalid(self.conn_id, f"extra.{name} must be a positive number", "correct the connection")
        return number

    def _scheme_and_host(self) -> tuple[str, str]:
        scheme, separator, host = self.host.rpartition("://")
        fallback = "https" if self.conn_type == "https" else "http"
        return (scheme if separator else self.schema or fallback).lower(), host.strip("[]")


def from_environment(conn_id: str, env: Mapping[str, str] | None = None) -> Connection:
    """The Connection of AIRFLOW_CONN_<ID>, written as JSON or as an Airflow URI."""
    name = f"AIRFLOW_CONN_{conn_id.upper()}"
    text = (os.environ if env is None else env).get(name, "").strip()
    if not text:
        raise invalid(conn_id, f"{name} is not set", f"set {name} as JSON or as a URI")
    return _from_json(conn_id, text) if text.startswith("{") else from_uri(conn_id, text)


def from_fields(conn_id: str, fields: Mapping[str, Any]) -> Connection:
    """The Connection of Airflow's own field names; `extra` may be an object or its JSON text."""
    port = fields.get("port")
    if port not in (None, "") and not str(port).isdecimal():
        raise invalid(conn_id, "port is not a number", "correct the connection")
    texts = {name: str(fields.get(name) or "") for name in ("conn_type", "schema", "host", "login", "password")}
    return Connection(conn_id, port=int(port) if port else None, extra=_extra(conn_id, fields.get("extra")), **texts)


def from_uri(conn_id: str, uri: str) -> Connection:
    """The Connection of an Airflow URI: every part percent-encoded, the path is `schema`, the query `extra`."""
    try:
        parts = urlsplit(_without_inner_scheme(uri))
        port, query = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        raise invalid(conn_id, "the URI cannot be read", "percent-encode login, password and host") from None
    if not parts.scheme:
        raise invalid(conn_id, "the URI has no connection type", "write it as type://login:password@host/schema")
    whole = _extra(conn_id, query.pop("__extra__", None))
    return Connection(
        conn_id,
        conn_type=parts.scheme.replace("-", "_"),
        schema=unquote(parts.path[1:]) or _inner_scheme(uri),
        host=unquote(_host(parts)),
        port=port,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        extra={**query, **whole},
    )


def invalid(conn_id: str, what: str, next_step: str) -> SettingsInvalid:
    """A connection that cannot be used; never says what was found, for it may be the secret."""
    return SettingsInvalid(what=what, where=f"connection {conn_id}", next_step=next_step)


def _from_json(conn_id: str, text: str) -> Connection:
    try:
        return from_fields(conn_id, json.loads(text))
    except ValueError:
        raise invalid(conn_id, "the JSON cannot be read", "correct the environment variable") from None


def _extra(conn_id: str, value: Any) -> Mapping[str, Any]:
    if value in (None, ""):
        return {}
    try:
        extra = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        raise invalid(conn_id, "extra is not a JSON object", "correct the connection")
    return extra


def _inner_scheme(uri: str) -> str:
    """`https` of `http://https://host`, Airflow's way to put the protocol into the host."""
    inner = uri.partition("://")[2].partition("://")
    return inner[0] if inner[1] and inner[0] in ("http", "https") else ""


def _without_inner_scheme(uri: str) -> str:
    inner = _inner_scheme(uri)
    return uri.replace(f"://{inner}://", "://", 1) if inner else uri


def _host(parts: SplitResult) -> str:
    """The host in its own case (`urlsplit` lowers it, and a SQLite path may stand here)."""
    host = parts.netloc.rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
