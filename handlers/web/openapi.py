"""`/openapi.json`: made of the route table and the models that the handlers really use (OpenAPI 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import models_json_schema

from handlers.web.events import MOST_EVENTS
from handlers.web.problems import CONTENT_TYPE
from handlers.web.routes import ROUTES, Access, Route
from handlers.web.wire import wire_events

_REF = "#/components/schemas/{model}"
Document = dict[str, JsonValue]


class Problem(BaseModel):
    """What went wrong, as RFC 9457 writes it; `code` is stable, `detail` a sentence."""

    type: str
    title: str
    status: int
    code: str
    detail: str


def describe(version: str) -> Document:
    """The whole description."""
    models = {model for route in ROUTES for model in _models(route)} | {Problem}
    _, definitions = models_json_schema(
        [(model, "serialization") for model in sorted(models, key=str)], ref_template=_REF
    )
    schemas: dict[str, JsonValue] = dict(definitions["$defs"])
    event = wire_events.json_schema(ref_template=_REF)
    schemas.update(event.pop("$defs"))
    schemas["ShopEvent"] = event
    schemas["ShopEvents"] = {
        "anyOf": [
            {"$ref": "#/components/schemas/ShopEvent"},
            {
                "type": "object",
                "required": ["events"],
                "properties": {
                    "events": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MOST_EVENTS,
                        "items": {"$ref": "#/components/schemas/ShopEvent"},
                    }
                },
            },
        ]
    }
    paths: dict[str, dict[str, JsonValue]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tuike",
            "version": version,
            "description": "Links, signed shop events, orders and commissions of one merchant.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "api_key": {"type": "http", "scheme": "bearer", "description": "A merchant's API key"},
            },
        },
    }


def _models(route: Route) -> Iterable[type[BaseModel]]:
    yield from (model for model in route.answers.values() if model is not None)
    if route.body is not None:
        yield route.body


def _operation(route: Route) -> Document:
    answers: dict[str, JsonValue] = {
        str(status.value): _answer(status, model) for status, model in route.answers.items()
    }
    problems = {*route.problems, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR}
    if route.access is not Access.ANYBODY:
        problems.add(HTTPStatus.UNAUTHORIZED)
    answers.update({str(status.value): _problem(status) for status in sorted(problems)})
    operation: Document = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": answers,
    }
    if route.access is Access.API_KEY:
        operation["security"] = [{"api_key": []}]
    body = _body(route)
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _body(route: Route) -> JsonValue:
    if route.access is Access.SIGNED:
        return {"$ref": "#/components/schemas/ShopEvents"}
    return {"$ref": f"#/components/schemas/{route.body.__name__}"} if route.body is not None else None


def _answer(status: HTTPStatus, model: type[BaseModel] | None) -> Document:
    if model is None:
        return {"description": status.phrase}
    schema: JsonValue = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"description": status.phrase, "content": {"application/json": {"schema": schema}}}


def _problem(status: HTTPStatus) -> Document:
    schema: JsonValue = {"$ref": "#/components/schemas/Problem"}
    return {"description": status.phrase, "content": {CONTENT_TYPE: {"schema": schema}}}


def _path_parameters(route: Route) -> list[JsonValue]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _query_parameters(route: Route) -> list[JsonValue]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(ref_template=_REF)
    inline: Mapping[str, JsonValue] = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(value, inline)}
        for name, value in schema["properties"].items()
    ]


def _without_null(schema: Mapping[str, JsonValue], inline: Mapping[str, JsonValue]) -> JsonValue:
    """A query value is there or it is not; there is no null in a URL."""
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return dict(schema)
    [real] = [option for option in options if isinstance(option, dict) and option.get("type") != "null"]
    reference = real.get("$ref")
    if isinstance(reference, str):
        return inline[reference.rsplit("/", 1)[1]]
    return real


def _header_parameters(route: Route) -> list[JsonValue]:
    if route.access is not Access.SIGNED:
        return []
    return [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    ]
