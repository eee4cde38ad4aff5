from http import HTTPStatus

import orjson

from ingest.receive.problem import Problem


def test_a_problem_is_told_in_both_forms():
    problem = Problem(HTTPStatus.BAD_REQUEST, "u (url): an http or https URL is required")
    assert orjson.loads(problem.body()) == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "u (url): an http or https URL is required",
        "error": "u (url): an http or https URL is required",
    }
