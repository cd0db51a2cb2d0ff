"""Measures domains of a testbed with checkdmarc: HOW VANTAGE DOMAINS, the last two JSON.

HOW is `time`, which prints {"seconds": …, "results": […]}, or `words`, which prints {domain: {fact: [words]}} in words of our own.
"""

import base64
import json
import os
import socket
import ssl
import sys
import tempfile
import time

import dns.exception
import dns.nameserver
import dns.resolver
import checkdmarc
import checkdmarc.dmarc as dmarc
import checkdmarc.mta_sts as mta_sts
import checkdmarc.smtp_tls_reporting as reporting
import checkdmarc.spf as spf
import urllib3.util.connection

how, vantage, domains = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
address, port = vantage["resolvers"][0].rsplit(":", 1)
# It asks for DNSSEC keys past its resolver, at port 53 of an address; at this one where it is told so.
servers = [dns.nameserver.Do53Nameserver(address, int(port))]
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = servers
asking = {"nameservers": servers, "resolver": resolver}

# What its errors mean in words that both sides have.
ERRORS = {
    "SPFRecordNotFound": "none",
    "MultipleSPFRTXTRecords": "several",
    "SPFSyntaxError": "syntax",
    "SPFTooManyDNSLookups": "too many lookups",
    "SPFTooManyVoidDNSLookups": "too many voids",
    "SPFIncludeLoop": "loop",
    "SPFRedirectLoop": "loop",
    "DMARCRecordNotFound": "none",
    "MultipleDMARCRecords": "several",
    "MTASTSRecordNotFound": "none",
    "MultipleMTASTSRecords": "several",
    "MTASTSPolicyDownloadError": "no policy",
    "MTASTSPolicySyntaxError": "policy invalid",
    "SMTPTLSReportingRecordNotFound": "none",
    "MultipleSMTPTLSReportingRecords": "several",
}


# What its warnings about mail hosts mean.
MX = {
    "has a null MX record": "null",
    "advertises a null MX record": "null beside others",
    "is a CNAME alias": "alias",
    "points at the IP address": "address",
    "has no MX records": "no MX",
    "does not exist": "no address",
    "does not have any A or AAAA": "no address",
}


def trouble(error):
    return ERRORS.get(type(error).__name__, "invalid")


def of_spf(domain):
    try:
        record = spf.query_spf_record(domain, **asking)["record"]
    except spf.SPFError as error:
        return {"SPF": [trouble(error)]}
    try:
        found = spf.parse_spf_record(record, domain, **asking)
    except spf.SPFRecordNotFound:
        return {"SPF": ["target missing"]}
    except spf.SPFError as error:
        return {"SPF": [trouble(error)]}
    return {
        "SPF": ["valid"],
        "SPF: for a stranger": [found["parsed"]["all"] or "neutral"],
        "SPF: lookups": [str(found["dns_lookups"])],
        "SPF: voids": [str(found["void_dns_lookups"])],
    }


def of_dmarc(domain):
    try:
        query = dmarc.query_dmarc_record(domain, **asking)
        parsed = dmarc.parse_dmarc_record(query["record"], query["location"], **asking)
    except dmarc.DMARCError as error:
        return {"DMARC": [trouble(error)]}
    tags, own = parsed["tags"], query["location"] == domain
    reports = "accepted" if any(one["scheme"] == "mailto" for one in tags.get("rua", {"value": []})["value"]) else "not asked for"
    if any("does not indicate that it accepts DMARC reports" in warning for warning in parsed["warnings"]):
        reports = "refused"
    return {
        "DMARC": ["valid"],
        "DMARC: from": [query["location"]],
        "DMARC: policy": [tags["p" if own else "sp"]["value"]],
        "DMARC: reports": [reports],
    }


def of_mail(domain):
    try:
        policy = mta_sts.parse_mta_sts_record(mta_sts.query_mta_sts_record(domain, **asking)["record"])
        policy = mta_sts.parse_mta_sts_policy(mta_sts.download_mta_sts_policy(domain)["policy"])["policy"]
        sts = [policy["mode"]]
    except mta_sts.MTASTSError as error:
        policy, sts = None, [trouble(error)]
    mx = checkdmarc.check_mx(domain, mta_sts_mx_patterns=policy and policy["mx"], **asking)
    warnings = mx.get("warnings", [])
    fault = next((word for text, word in MX.items() if any(text in warning for warning in warnings)), "fine")
    uncovered = any("is not included in the MTA-STS policy" in warning for warning in warnings)
    try:
        reporting.parse_smtp_tls_reporting_record(reporting.query_smtp_tls_reporting_record(domain, **asking)["record"])
        rpt = ["valid"]
    except reporting.SMTPTLSReportingError as error:
        rpt = [trouble(error)]
    return {
        "MX": ["no answer" if "error" in mx else fault],
        "MX: hosts": [f"{one['preference']} {one['hostname']}" for one in mx["hosts"]],
        "MTA-STS": sts,
        "MTA-STS: hosts": ["not covered" if uncovered else "covered"] if policy else [],
        "TLS-RPT": rpt,
    }


def of_dnssec(domain):
    return {"DNSSEC": ["secure" if checkdmarc.check_dnssec(domain, nameservers=servers) else "not secure"]}


def connect(place, *more, **named):
    """Where the testbed serves HTTPS: the host's address in its DNS, at its port."""
    host, _ = place
    try:
        found = resolver.resolve(host, "A")
    except dns.exception.DNSException as error:
        raise socket.gaierror(str(error)) from error
    return create((found[0].to_text(), vantage["https_port"]), *more, **named)


create = urllib3.util.connection.create_connection
begin = time.monotonic()
if how == "time":
    found = checkdmarc.check_domains(domains, **asking)
    print(json.dumps({"seconds": time.monotonic() - begin, "results": found if isinstance(found, list) else [found]}))
else:
    urllib3.util.connection.create_connection = connect
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as roots:
        roots.write("".join(ssl.DER_cert_to_PEM_cert(base64.b64decode(root)) for root in vantage["roots"]["der"]))
        roots.flush()
        os.environ["REQUESTS_CA_BUNDLE"] = roots.name
        found = {domain: {**of_spf(domain), **of_dmarc(domain), **of_mail(domain), **of_dnssec(domain)} for domain in domains}
    print(json.dumps(found))
