import json

from queries.problem import ProblemError, impossible, malformed


def test_a_problem_is_problem_json_with_an_error_beside():
    response = ProblemError(
        401, "send a key", headers={"WWW-Authenticate": "Bearer"}, extras={"field": "x"}
    ).response()
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"] == "Bearer"
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "send a key",
        "error": "send a key",
        "field": "x",
    }


def test_a_field_is_named():
    assert malformed("metrics[0]", "expected text").detail == "metrics[0]: expected text"
    assert malformed("", "expected an object").detail == "expected an object"
    refused = impossible("dimensions", "two meet", ["a"])
    assert (refused.status, refused.extras) == (422, {"field": "dimensions", "possible": ["a"]})
    assert impossible("dimensions", "two meet").extras == {"field": "dimensions"}
