"""The description of /api as OpenAPI 3.1, made of the views themselves: addresses, parameters, the types of their answers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from apispec import APISpec
from flask import current_app
from flask_babel import gettext

from web.api.operations import LIMITS, OF_EVERY_ADDRESS, Operation, Parameter
from web.errors import MEANINGS, UNFORESEEN, ErrorBody, Meaning

VERSION = "1"  # raised when a field is renamed or taken away, which should never happen
ALWAYS = (414, 429, 500, 503)  # errors that every address may answer
_CONVERTED = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_REFERENCE = "#/components/schemas/{name}"


def description() -> dict[str, Any]:
    """The whole description, its sentences in the language of this request."""
    spec = APISpec(
        title=gettext("杏林"),
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": _introduction()},
        servers=[{"url": "/"}],
    )
    operations = list(_operations())
    schemas, components = _schemas([ErrorBody, *(one.body for _, _, one in operations)])
    for name, schema in components.items():
        spec.components.schema(name, schema)
    for meaning in _first_of_each_status():
        spec.components.response(f"error{meaning.status}", _error(meaning))
    too_long = gettext("网址太长：把问题写短一些，或少选几个筛选。这一句由服务器直接答，不是 JSON。")
    spec.components.response("error414", {"description": too_long, "content": {"text/html": {"schema": {"type": "string"}}}})
    for path, name, one in operations:
        spec.path(path, operations={"get": {"operationId": name} | _described(one, schemas[one.body])})
    return dict(spec.to_dict())


def example_of(path: str, get: Mapping[str, Any]) -> str:
    """The address that an operation's examples make."""
    given = [(each["in"], each["name"], str(each["example"])) for each in get["parameters"] if "example" in each]
    beside = urlencode([(name, value) for where, name, value in given if where == "query"])
    inside = {name: quote(value, safe="") for where, name, value in given if where == "path"}
    return path.format(**inside) + (f"?{beside}" if beside else "")


def _operations() -> Iterator[tuple[str, str, Operation]]:
    """(path as OpenAPI writes it, name, what it says of itself) of every described view, in the order of registration."""
    for rule in current_app.url_map.iter_rules():
        one = getattr(current_app.view_functions[rule.endpoint], "operation", None)
        if one is not None:
            yield _CONVERTED.sub(r"{\1}", rule.rule), rule.endpoint.rsplit(".", 1)[-1], one


def _schemas(types: list[type]) -> tuple[dict[type, Any], dict[str, Any]]:
    found, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    return dict(zip(types, found, strict=True)), components


def _described(one: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    answer = {"description": str(one.summary), "content": {"application/json": {"schema": schema}}}
    errors = {str(status): f"error{status}" for status in sorted({*one.errors, *ALWAYS})}
    parameters = [_parameter(each, one.example.get(each.name)) for each in (*one.parameters, *OF_EVERY_ADDRESS)]
    return {
        "summary": str(one.summary),
        "parameters": parameters,
        "responses": {"200": answer, **errors},
    }


def _parameter(each: Parameter, example: object) -> dict[str, Any]:
    schema: dict[str, Any] = dict(each.schema)
    if each.repeated:
        schema = {"type": "array", "items": schema, "maxItems": LIMITS["filters"]}
    found: dict[str, Any] = {"name": each.name, "in": each.where, "description": str(each.meaning), "schema": schema}
    if each.where == "path":
        found["required"] = True
    return found if example is None else {**found, "example": example}


def _first_of_each_status() -> list[Meaning]:
    found: dict[int, Meaning] = {}
    for meaning in (*MEANINGS.values(), UNFORESEEN):
        found.setdefault(meaning.status, meaning)
    return list(found.values())


def _error(meaning: Meaning) -> dict[str, Any]:
    example = {"error": {"code": meaning.code, "message": "…", "what_to_do": str(meaning.what_to_do)}}
    schema = {"$ref": _REFERENCE.format(name=ErrorBody.__name__)}
    codes = [one.code for one in (*MEANINGS.values(), UNFORESEEN) if one.status == meaning.status]
    return {
        "description": " | ".join(codes),
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _introduction() -> str:
    return gettext(
        "每个页面的数据在同样的网址前加 /api，参数相同，答案是 JSON。每页 %(hits)s 条，最多 %(pages)s 页；筛选值一次最多 %(filters)s 个。"
        "引文都摘自所注明的网页，仅供了解，不能代替医生诊断。",
        **LIMITS,
    )
