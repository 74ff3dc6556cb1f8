"""Real ids for schemathesis, and a record of every answer. Loaded by way of SCHEMATHESIS_HOOKS."""

import base64
import json
import os
import re
import threading
import uuid

import requests
import schemathesis

BASE = os.environ["PGBEAM_BASE"]
SEED = json.loads(os.environ["PGBEAM_SEED"])
CALLS = open(os.environ["PGBEAM_CALLS"], "a", buffering=1)
http = requests.Session()
http.headers["Authorization"] = f"Bearer {SEED['key']}"
lock = threading.Lock()


def make(path, body, pick):
    """Something new that the call may change or remove without hurting the others."""
    with lock:
        answer = http.post(f"{BASE}{path}", json=body, timeout=30)
    answer.raise_for_status()
    return pick(answer.json())


def new_project():
    database = {"host": "db.example", "name": "shop", "username": "u", "password": "p"}
    return make("/v1/projects", {"name": "spare", "org_id": SEED["org"], "database": database}, lambda made: made["project"]["id"])


def new_key(path):
    return make(path, {"name": "spare", "expires_in_days": 30}, lambda made: made["api_key"]["id"])


def spare(operation):
    """The path parameters of something that this call alone is for, where it changes what it names."""
    path, method = operation.path, operation.method.lower()
    project = f"/v1/projects/{SEED['project']}"
    if method == "get" or path.endswith(("/agents", "/databases", "/policies", "/api-keys", "/invitations", "/test-connection")):
        return {}
    if "{agent}" in path:
        return {"agent": make(f"{project}/agents", {"name": "spare", "policy_profile_id": SEED["policy"]}, lambda made: made["credential"]["id"])}
    if "{policy}" in path:
        return {"policy": make(f"{project}/policies", {"name": "spare"}, lambda made: made["id"])}
    if "{database}" in path:
        body = {"host": "db.example", "name": f"d{uuid.uuid4().hex}", "username": "u", "password": "p", "role": "replica"}
        return {"database": make(f"{project}/databases", body, lambda made: made["id"])}
    if "{key}" in path:
        owner = f"/v1/organizations/{SEED['org']}" if "{organization}" in path else "/v1"
        return {"key": new_key(f"{owner}/api-keys")}
    if "{invitation}" in path:
        body = {"email": f"{uuid.uuid4().hex}@example.org"}
        return {"invitation": make(f"/v1/organizations/{SEED['org']}/invitations", body, lambda made: made["invitation"]["id"])}
    if "{user}" in path and SEED["members"]:
        return {"user": SEED["members"].pop() if method == "delete" else SEED["members"][0]}
    if "{project}" in path:
        return {"project": new_project()}
    if path == "/v1/organizations/{organization}":
        return {"organization": make("/v1/organizations", {"name": "spare"}, lambda made: made["id"])}
    return {}


def seeded(context, parameters):
    names = {
        "organization": SEED["org"], "project": SEED["project"], "database": SEED["database"], "policy": SEED["policy"], "agent": SEED["agent"],
        "seq": SEED["seq"], "user": SEED["user"],
        "key": SEED["organization_key"] if "{organization}" in context.operation.path else SEED["personal_key"],
    }
    names.update(spare(context.operation))
    return {name: names.get(name, value) for name, value in parameters.items()}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """About every third call keeps what was generated: ids of nothing, and what is no id at all."""
    if not path_parameters or context.operation is None or uuid.uuid4().int % 3 == 0:
        return path_parameters
    return seeded(context, path_parameters)


def page_token(path):
    """A token that the list could have given out: one that is made up is well formed at most."""
    names = {"agents": "agent", "databases": "database", "policies": "policy", "api-keys": "organization_key", "projects": "project", "members": "user"}
    place = "1" if path.endswith("events") else SEED.get(names.get(path.rsplit("/", 1)[-1], ""), "inv_01jd3v5k8q0000000000000000")
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


@schemathesis.hook
def before_call(context, case, kwargs):
    """In every phase: the coverage phase does not ask the hooks that map what is generated."""
    if case.query and re.match(r"^[\w-]+$", str(case.query.get("page_token", ""))):
        case.query["page_token"] = page_token(case.operation.path)
    if isinstance(case.body, dict):
        case.body = available(case.body)


# Of the public vocabulary, but not available yet: only nothing is accepted there, and the document has no words for that.
LATER = {
    "statement_rules", "table_allowlist", "table_denylist", "masking_rules", "row_filters", "max_rows", "max_affected_rows", "statement_timeout_ms",
    "budget_queries_per_hour", "budget_queries_per_day", "egress_bytes_per_day", "audit", "write_mode", "approval_mode", "migration_safety",
    "default_policy_profile_id", "agents_disabled", "pool_mode", "pool_size", "min_pool_size", "max_active",
}


def available(value):
    if isinstance(value, dict):
        return {name: available(inner) for name, inner in value.items() if name not in LATER}
    return value


@schemathesis.hook
def map_body(context, body):
    if not isinstance(body, dict):
        return body
    body = available(body)
    known = {"policy_profile_id": SEED["policy"], "org_id": SEED["org"]}
    changed = {name: known[name] if name in known and isinstance(value, str) and len(value) == 30 else value for name, value in body.items()}
    if isinstance(changed.get("expires_at"), str) and re.match(r"\d{4}-\d\d-\d\dT", changed["expires_at"]):
        changed["expires_at"] = "2100-01-01T00:00:00Z"
    for holder in (changed, changed.get("database")):
        if isinstance(holder, dict) and isinstance(holder.get("ssl_ca"), str):
            holder["ssl_ca"] = None
    if isinstance(changed.get("database_id"), str):
        changed["database_id"] = SEED["database"]
    if isinstance(changed.get("project_ids"), list) and changed["project_ids"]:
        changed["project_ids"] = [SEED["project"]]
    return changed


@schemathesis.hook
def after_call(context, case, response):
    CALLS.write(json.dumps({"operation": f"{case.operation.method.upper()} {case.operation.path}", "status": response.status_code}) + "\n")
