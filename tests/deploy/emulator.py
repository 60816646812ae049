"""Starts the AWS emulator with policies enforced, those on leading keys too.

With AUTH=true the emulator lets a function do only what its role allows, so the check finds an action that
template.yaml forgot. It does not know `dynamodb:LeadingKeys`, the condition that keeps a function inside its
part of the table; this module adds it: the partition keys of a request, and in a transaction those of each
item by itself. And it asks for permissions of batches, which SQS does not have, and for a mail the permission of
every resource, where AWS asks for that of the identity it comes from.
"""

import json
from email.utils import parseaddr

from ministack.core import iam_actions, iam_evaluator

# A batch needs the permission of its single request; SQS knows no other.
SINGLE = {f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}
LEADING_KEYS = "dynamodb:LeadingKeys"
PARTITION_KEY = "pk"
MEMBERS = ("ConditionCheck", "Put", "Update", "Delete", "Get")


class KeyedAction(str):
    """The action of one item of a transaction, with the partition key it touches."""

    leading_keys = []


def text(value):
    return next(iter(value.values())) if isinstance(value, dict) and value else None


def key_of(part):
    """The partition key of a put, get, update, delete or check."""
    return text((part.get("Key") or part.get("Item") or {}).get(PARTITION_KEY))


def queried_key(request):
    """The partition key a query asks for: the value its key condition compares with `=`."""
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    for condition in (request.get("KeyConditionExpression") or "").split(" AND "):
        name, equals, value = condition.strip(" ()").partition("=")
        if equals and names.get(name.strip(), name.strip()) == PARTITION_KEY:
            return text(values.get(value.strip()))
    return None


def leading_keys(request):
    if "KeyConditionExpression" in request:
        return [queried_key(request)]
    found = []
    for table in (request.get("RequestItems") or {}).values():
        if isinstance(table, dict):  # BatchGetItem
            found += [text(key.get(PARTITION_KEY)) for key in table.get("Keys", [])]
        else:  # BatchWriteItem
            found += [key_of(part) for entry in table for part in entry.values()]
    return found or [key_of(request)]


def transaction_keys(request):
    """In the order in which the emulator checks the items."""
    return [
        key_of(item[member])
        for item in request.get("TransactItems") or []
        for member in MEMBERS
        if (item.get(member) or {}).get("TableName")
    ]


def patch():
    ses_v2_resource_arn = iam_actions._ses_v2_resource_arn
    service_context = iam_actions.dynamodb_service_context
    transaction_checks = iam_actions.dynamodb_transaction_checks
    enforce = iam_evaluator.enforce

    def keyed_service_context(body):
        request = json.loads(body or b"{}")
        context = service_context(body)
        if "TransactItems" not in request:
            context[LEADING_KEYS.lower()] = [key or "(none)" for key in leading_keys(request)]
        return context

    def keyed_transaction_checks(action, body, region, account):
        checks = transaction_checks(action, body, region, account)
        if not checks:
            return checks
        keys = transaction_keys(json.loads(body))
        assert len(keys) == len(checks), "one key an item"
        keyed = []
        for (item_action, arn), key in zip(checks, keys):
            item_action = KeyedAction(item_action)
            item_action.leading_keys = [key or "(none)"]
            keyed.append((item_action, arn))
        return keyed

    def mailing_resource_arn(method, path, body, region, account):
        """The identity a mail comes from, as AWS has it; a verified domain is taken for its addresses."""
        if method == "POST" and path.rstrip("/") == "/v2/email/outbound-emails":
            address = parseaddr(json.loads(body or b"{}").get("FromEmailAddress", ""))[1]
            return f"arn:aws:ses:{region}:{account}:identity/{address.rpartition('@')[2]}"
        return ses_v2_resource_arn(method, path, body, region, account)

    def keyed_enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        iam_action = SINGLE.get(iam_action, iam_action)
        if isinstance(iam_action, KeyedAction):
            service_context = {**(service_context or {}), LEADING_KEYS.lower(): iam_action.leading_keys}
        return enforce(
            access_key_id, iam_action, service, region, resource_arn=resource_arn, service_context=service_context
        )

    iam_actions.dynamodb_service_context = keyed_service_context
    iam_actions.dynamodb_transaction_checks = keyed_transaction_checks
    iam_actions._ses_v2_resource_arn = mailing_resource_arn
    iam_evaluator.enforce = keyed_enforce


if __name__ == "__main__":
    patch()
    from ministack.app import main

    main()
