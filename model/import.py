#!/usr/bin/env python3
"""Makes model/api/*.json anew from the API models that an installed botocore ships.

Only facts are kept: operations, shapes, wire names, types, required members, enums, ranges, patterns, idempotency tokens,
pagination, and the names of the documented filters. Documentation text is dropped.

    python3 model/import.py            # every service in SERVICES
    python3 model/import.py ec2 sts    # only these
"""
import html
import json
import pathlib
import re
import sys

import botocore
import botocore.exceptions
import botocore.loaders

SERVICES = {"ce": "2017-10-25", "ebs": "2019-11-02", "ec2": "2016-11-15", "pricing": "2017-10-15", "rbin": "2021-06-15",
            "ssm": "2014-11-06", "sts": "2011-06-15"}
API = pathlib.Path(__file__).parent / "api"

# Bounds that the model states and the service does not insist on: service, shape, bound.
LENIENT = {("ebs", "MaxResults", "min")}  # fewer than 100 give 100: "Frequently asked questions for EBS direct APIs"

# A documented filter is a list item that starts with its name: "<li> <p> <code>tag-key</code> - The key ...".
FILTER = re.compile(r"<li>\s*<p>\s*<code>\s*([a-z][a-zA-Z0-9.:&;<>-]*?)\s*</code>\s*(?:-|:|—|\|)")


def filter_names(documentation):
    names = [html.unescape(name) for name in FILTER.findall(documentation)]
    return list(dict.fromkeys(names))


def compact_operation(name, operation, shapes, pagination):
    result = {"input": operation["input"]["shape"]} if "input" in operation else {}
    if "output" in operation:
        result["output"] = operation["output"]["shape"]
        if "resultWrapper" in operation["output"]:
            result["wrapper"] = operation["output"]["resultWrapper"]
    http = operation.get("http", {})
    if (http.get("method"), http.get("requestUri")) != ("POST", "/"):
        result["http"] = [http.get("method"), http.get("requestUri"), http.get("responseCode", 200)]
    errors = [error["shape"] for error in operation.get("errors", [])]
    if errors:
        result["errors"] = errors
    if name in pagination:
        page = pagination[name]
        keys = page["result_key"] if isinstance(page["result_key"], list) else [page["result_key"]]
        result["pages"] = {"in": page["input_token"], "out": page["output_token"], "results": keys}
        if "limit_key" in page:
            result["pages"]["limit"] = page["limit_key"]
    members = shapes.get(result.get("input"), {}).get("members", {})
    filters = filter_names(members.get("Filters", members.get("Filter", {})).get("documentation", ""))
    if filters:
        result["filters"] = filters
    return result


def compact_member(member):
    result = {"shape": member["shape"]}
    for key, short in (("locationName", "name"), ("queryName", "query"), ("location", "in")):
        if key in member:
            result[short] = member[key]
    for flag, short in (("idempotencyToken", "token"), ("flattened", "flat"), ("streaming", "stream")):
        if member.get(flag):
            result[short] = True
    return result


def compact_shape(shape):
    result = {"type": shape["type"]}
    for key in ("min", "max", "pattern", "enum", "sensitive", "payload", "timestampFormat", "flattened", "error"):
        if key in shape:
            result[key] = shape[key]
    if shape.get("exception"):
        result["exception"] = True
    if shape["type"] == "structure":
        if shape.get("required"):
            result["required"] = shape["required"]
        result["members"] = {name: compact_member(member) for name, member in shape["members"].items()}
    if shape["type"] == "list":
        result["member"] = compact_member(shape["member"])
    if shape["type"] == "map":
        result["key"] = compact_member(shape["key"])
        result["value"] = compact_member(shape["value"])
    return result


def compact(service, version):
    loader = botocore.loaders.Loader()
    model = loader.load_service_model(service, "service-2", version)
    try:
        pagination = loader.load_service_model(service, "paginators-1", version)["pagination"]
    except botocore.exceptions.UnknownServiceError:
        pagination = {}
    except botocore.exceptions.DataNotFoundError:
        pagination = {}
    metadata = model["metadata"]
    facts = {"service": service, "protocol": metadata["protocol"], "version": metadata["apiVersion"]}
    for key, short in (("xmlNamespace", "namespace"), ("targetPrefix", "target"), ("jsonVersion", "json"),
                       ("signingName", "signing"), ("endpointPrefix", "endpoint")):
        if key in metadata:
            facts[short] = metadata[key]
    facts["source"] = f"botocore {botocore.__version__}"
    operations = {name: compact_operation(name, operation, model["shapes"], pagination)
                  for name, operation in sorted(model["operations"].items())}
    shapes = {name: compact_shape(shape) for name, shape in sorted(model["shapes"].items())}
    for _, shape, bound in (entry for entry in LENIENT if entry[0] == service):
        del shapes[shape][bound]
    return facts, operations, shapes


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def render(facts, operations, shapes):
    """One line per operation and per shape, so that the next release is a readable diff."""
    def block(table):
        return ",\n".join(f"{line(name)}:{line(value)}" for name, value in table.items())

    head = ",\n".join(f"{line(key)}:{line(value)}" for key, value in facts.items())
    return f'{{\n{head},\n"operations":{{\n{block(operations)}\n}},\n"shapes":{{\n{block(shapes)}\n}}\n}}\n'


def main():
    API.mkdir(exist_ok=True)
    for service in sys.argv[1:] or SERVICES:
        path = API / f"{service}.json"
        path.write_text(render(*compact(service, SERVICES[service])), encoding="utf-8")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
