"""Whether valid data is accepted. In place of schemathesis' own check, which goes by the status alone: some of what is
refused with 400 or 422 JSON Schema can't say, or depends on what was there before."""

import schemathesis

PREFIX = "urn:problem-type:hubkeys:"
# A cursor is sealed, and an idempotency key may have been used: no form tells a good one.
OF_ITS_FORM = {PREFIX + "invalid-cursor", PREFIX + "idempotency-key-reused"}


@schemathesis.check
def valid_data_is_accepted(context, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code not in (400, 413, 415, 422):
        return
    problem = response.json()
    if problem["type"] in OF_ITS_FORM:
        return
    # A Basic key has no signing policy.
    body = case.body
    if isinstance(body, dict) and body.get("scheme") == "basic" and body.get("signing") is not None:
        return
    raise AssertionError(f"valid data is refused: {problem}")
