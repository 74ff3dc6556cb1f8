"""Makes what schemathesis invents meaningful, and records every answer. Loaded by way of SCHEMATHESIS_HOOKS."""

import http.cookiejar
import json
import os

import requests
import schemathesis

SEEDS = os.environ["PGBEAM_SEEDS"]
HEADER, KEY = os.environ["PGBEAM_HEADER"].split(": ")
CALLS = open(os.environ["PGBEAM_CALLS"], "a", buffering=1)
questions = requests.Session()

# Each call is a browser of its own: the cookies that signing in gave to one would let others in.
http.cookiejar.DefaultCookiePolicy.set_ok = lambda self, cookie, request: False

# A person's browser is let in by its cookie alone.
BY_COOKIE = {"/v1/auth/password", "/v1/auth/sign-out"}


@schemathesis.auth(retry_on=[])
class Caller:
    def get(self, case, context):
        return KEY

    def set(self, case, data, context):
        # In place: a replaced dictionary counts as one that the hooks have changed.
        if case.operation.path in BY_COOKIE:
            case.cookies["__Host-pgbeam_session"] = ask("/session")
        else:
            case.headers[HEADER] = data


def ask(path, question=None):
    answer = questions.post(f"{SEEDS}{path}", json=question, timeout=30)
    if answer.status_code != 200:
        raise RuntimeError(answer.text)
    return answer.json()


def is_valid(case, part):
    """Whether this part of the request was made to be accepted: what was made to be refused is sent as it is."""
    return all(component.mode.is_positive for location, component in case.meta.components.items() if location.value == part)


@schemathesis.hook
def before_call(context, case, kwargs):
    asked = {"operation": label(case), "phase": case.meta.phase.name.value, "path": dict(case.path_parameters or {}), "query": dict(case.query or {})}
    with_body = isinstance(case.body, (dict, list))
    if with_body:
        asked["body"] = case.body
        asked["text"] = json.dumps(case.body)
    sent = ask("/", asked)
    if case.path_parameters and is_valid(case, "path"):
        case.path_parameters = sent["path"]
    if sent["query"] and is_valid(case, "query"):
        case.query = sent["query"]
    if with_body and is_valid(case, "body"):
        case.body = sent["body"]
    if "headers" in sent and case.meta.generation.mode.is_positive:
        case.headers.update(sent["headers"])


@schemathesis.hook
def after_call(context, case, response):
    CALLS.write(json.dumps({"operation": label(case), "status": response.status_code}) + "\n")


def label(case):
    return f"{case.operation.method.upper()} {case.operation.path}"
