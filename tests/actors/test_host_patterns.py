"""Hosts of web addresses."""

from __future__ import annotations

import pytest

from actors.host_patterns import host_of, is_within, normal_host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com", "example.com"),
        ("HTTP://WWW.Example.COM.:8080/a?b#c", "www.example.com"),
        ("https://bücher.de/", "xn--bcher-kva.de"),
        ("http://[::1]:80/", "::1"),
        ("http://127.0.0.1", "127.0.0.1"),
        *[
            (f"https://{text}", None)
            for text in ("", "me@x.com", "x.com@evil.com", "evil.com\\@x.com", "ex%61mple.com")
        ],
        *[
            (f"https://{text}", None)
            for text in ("0x7f.1", "2130706433", "127.1", "straße.de", "x。com", "\uff58.com", "x:y")
        ],
        *[
            (text, None)
            for text in (
                "ftp://x.com",
                "file:///x",
                "x.com",
                "//x.com",
                "javascript:x",
                "https://x\t.com",
                " ",
            )
        ],
        ("https://evil.com#@x.com", "evil.com"),
        ("https://evil.com?@x.com", "evil.com"),
        ("https://evil.com/@x.com", "evil.com"),
    ],
)
def test_hosts_are_read_as_the_network_reads_them(url, host):
    assert host_of(url) == host


def test_a_domain_covers_its_sub_domains_only():
    domain = normal_host("Example.com")
    assert domain is not None
    assert is_within("example.com", domain)
    assert is_within("a.b.example.com", domain)
    assert not is_within("evil-example.com", domain)
    assert not is_within("example.com.evil.com", domain)
    assert not is_within("127.0.0.1", "0.0.1")
