"""Measures domains with checkdmarc against a testbed: VANTAGE and DOMAINS are JSON; prints {"seconds": …, "results": […]}."""

import functools
import json
import sys
import time

import dns.query
import dns.resolver

vantage, domains = json.loads(sys.argv[1]), json.loads(sys.argv[2])
address, port = vantage["resolvers"][0].rsplit(":", 1)
# It asks for DNSSEC keys past its resolver, at port 53: here that is another one.
for name in ("tcp", "udp", "udp_with_fallback"):
    setattr(dns.query, name, functools.partial(getattr(dns.query, name), port=int(port)))
import checkdmarc  # noqa: E402

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = [address], int(port)
begin = time.monotonic()
found = checkdmarc.check_domains(domains, nameservers=[address], resolver=resolver)
seconds = time.monotonic() - begin
print(json.dumps({"seconds": seconds, "results": found if isinstance(found, list) else [found]}))
