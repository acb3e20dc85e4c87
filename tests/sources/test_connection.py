"""Connections from the environment, in both of Airflow's spellings."""

import json
from pathlib import Path

import pytest
from lowincome.errors import SettingsInvalid
from lowincome.sources.connection import Connection, from_environment, from_fields, from_uri
from lowincome.sources.signature import Signer


def of(text: str) -> Connection:
    return from_environment("city_check", {"AIRFLOW_CONN_CITY_CHECK": text})


JSON = {"conn_type": "http", "schema": "https", "host": "check.jinan.gov.cn", "port": 8443, "login": "k",
        "password": "p@ss/字", "extra": {"page_size": 200}}


def test_json_with_extra_as_an_object_or_as_text_is_one_connection() -> None:
    text = {**JSON, "extra": json.dumps(JSON["extra"])}
    assert of(json.dumps(JSON)) == of(json.dumps(text))
    assert of(json.dumps(JSON)).extra == {"page_size": 200}


def test_a_uri_is_percent_decoded_in_every_part() -> None:
    uri = "http://k:p%40ss%2F%E5%AD%97@check.jinan.gov.cn:8443/https?page_size=200&base_path=%2Fgw"
    connection = of(uri)
    assert (connection.password, connection.schema, connection.port) == ("p@ss/字", "https", 8443)
    assert connection.extra == {"page_size": "200", "base_path": "/gw"}
    assert connection.number("page_size", 1) == 200
    assert connection.base_path == "/gw"


def test_dunder_extra_holds_json_and_wins_over_the_query() -> None:
    extra = "%7B%22page_size%22%3A%20300%7D"
    assert of(f"http://k:p@127.0.0.1:80/http?page_size=1&timeout=5&__extra__={extra}").extra == {
        "page_size": 300, "timeout": "5"}


def test_a_file_drop_may_be_a_uri_without_host() -> None:
    connection = of("fs://?path=%2Fdata%2Fdrops%2Frural")
    assert (connection.conn_type, connection.extra["path"]) == ("fs", "/data/drops/rural")


def test_the_protocol_may_stand_inside_the_host() -> None:
    assert of("http://https://check.jinan.gov.cn").base_url == "https://check.jinan.gov.cn"
    assert from_fields("c", {"conn_type": "http", "host": "https://a.cn", "port": "1"}).base_url == "https://a.cn:1"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_plain_http_is_for_loopback(host: str) -> None:
    assert from_fields("c", {"conn_type": "http", "schema": "http", "host": host}).base_url.startswith("http://")


@pytest.mark.parametrize("host", ["10.0.0.1", "check.jinan.gov.cn", "localhost.evil.cn", "127.0.0.1.nip.io", "0.0.0.0"])
def test_plain_http_is_refused_off_loopback(host: str) -> None:
    with pytest.raises(SettingsInvalid, match="plain http"):
        _ = from_fields("c", {"conn_type": "http", "schema": "http", "host": host}).base_url


def test_an_ipv6_host_is_put_in_brackets() -> None:
    assert of("http://k:p@[::1]:8080/http").base_url == "http://[::1]:8080"


@pytest.mark.parametrize("text", [
    '{"password": "hush"', '{"password": "hush", "extra": "[1]"}', '{"password": "hush", "port": "hush"}',
    "http://k:hush@host:port/http", "hush",
])
def test_what_cannot_be_read_is_refused_without_saying_what_it_was(text: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        of(text)
    assert "hush" not in str(caught.value)


def test_a_connection_that_is_not_set_names_its_variable() -> None:
    with pytest.raises(SettingsInvalid, match="AIRFLOW_CONN_CITY_CHECK"):
        from_environment("city_check", {})


def test_neither_password_nor_extra_shows_in_a_repr() -> None:
    connection = Connection("c", "x", password="hush", extra={"sqlalchemy_url": "postgresql://u:hush@h/d"})
    assert "hush" not in repr(connection)


@pytest.mark.parametrize("login", ["", "key-1", "cl\u00e9"])
def test_an_app_key_is_what_a_header_carries(login: str) -> None:
    assert Connection("city_check", "http", login=login).app_key == login


@pytest.mark.parametrize("login", ["应用一", "key\u0100", "\ud800"])
def test_an_app_key_that_no_header_carries_is_refused_without_saying_it(login: str) -> None:
    with pytest.raises(SettingsInvalid, match="connection city_check: login") as caught:
        Signer.of(Connection("city_check", "http", login=login))
    assert login not in str(caught.value)


def test_tls_verification_cannot_be_turned_off_and_a_bundle_must_exist(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    assert Connection("c", "http").verify is True
    assert Connection("c", "http", extra={"verify": None}).verify is True
    assert Connection("c", "http", extra={"verify": str(bundle)}).verify == str(bundle)
    for wrong in (False, "false", str(tmp_path / "none.pem")):
        with pytest.raises(SettingsInvalid, match="verify"):
            _ = Connection("c", "http", extra={"verify": wrong}).verify


@pytest.mark.parametrize("value", ["many", 0, -1, "nan"])
def test_a_number_of_extra_must_be_positive(value: object) -> None:
    with pytest.raises(SettingsInvalid, match=r"extra\.timeout"):
        Connection("c", "http", extra={"timeout": value}).number("timeout", 1)


def test_a_sqlite_uri_keeps_the_case_of_its_path() -> None:
    assert from_uri("r", "sqlite://%2FHome%2FRoster.db").host == "/Home/Roster.db"
