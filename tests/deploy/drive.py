"""Drives the deployed hub: the story of one order, and what must hold around it.

Everything it talks to is on the loopback address: the hub's API in the AWS emulator, the emulator itself,
and the simulators of the post and of the shop.
"""

import argparse
import base64
import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
from botocore.exceptions import ClientError

PASSWORD = "pa55-" + secrets.token_hex(12)
PHONE = "+989131234567"
MAILS_FROM = "parcels@saffron.example"
SHOPS_MAIL = "keeper@saffron.example"
# What the simulator of Korea Post's contract parcels knows its first customer by.
KOREAN_KEY = "demoSecurityKey01"
RIAL = 2_500_000


class Failed(Exception):
    """A step that did not hold."""


def must(condition, *words):
    if not condition:
        raise Failed(" ".join(str(word) for word in words)[:2000])


def until(what, seconds, ask):
    """Asks until the answer is true; what it is waiting for is said when it gives up."""
    end, answer = time.monotonic() + seconds, None
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.5)
    raise Failed(f"{what}: not within {seconds} s")


def request(method, url, body=None, headers=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", **(headers or {})}
    asked = urllib.request.Request(url, data=data, headers=headers, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=60) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as answer:
        status, text = answer.code, answer.read()
    try:
        return status, json.loads(text) if text else None
    except ValueError:
        return status, text.decode(errors="replace")


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows redirects instead of following them."""

    def redirect_request(self, *_):
        return None


class Drive:
    def __init__(self, arguments):
        self.gateway = arguments.endpoint
        self.host = f"{arguments.api}.execute-api.localhost"
        self.simulators = arguments.simulators
        self.operator_key = arguments.operator_key
        self.stack = arguments.stack
        pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
        self.resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
        self.key = self.other_key = self.webhook_secret = self.rate = self.order = self.parcel = None

    # --- what the steps use ---------------------------------------------------------------------------

    def call(self, method, path, body=None, key=None, status=None, **headers):
        headers = {"host": self.host, **headers}
        if key:
            headers["authorization"] = f"Bearer {key}"
        got, answer = request(method, self.gateway + path, body, headers)
        must(status is None or got == status, method, path, "answered", got, answer)
        return (got, answer) if status is None else answer

    def simulator(self, method, path, body=None):
        status, answer = request(method, self.simulators + path, body)
        must(200 <= status < 300, method, path, "of the simulators answered", status, answer)
        return answer

    def at_the_post(self):
        """Parcels the post believes it has taken."""
        ledger = self.simulator("GET", "/_local/simulators/iran_post/ledger")
        return [entry for entry in ledger["items"] if entry["kind"] == "parcel"]

    def place(self, number, **more):
        money = {"amount": RIAL, "currency": "IRR"}
        order = {
            "number": number,
            "cod": True,
            "goods_total": money,
            "recipient": {
                "first_name": "Sara",
                "last_name": "Karimi",
                "phone": "09131234567",
                "country": "IR",
                "region": "اصفهان",
                "city": "اصفهان",
                "postal_code": "8158713131",
                "address": "Chaharbagh 12",
            },
            "items": [{"sku": "saffron", "name": "Saffron", "quantity": 1, "weight_g": 500, "price": money}],
            "dispatch": "on_created",
            **more,
        }
        return self.call("POST", "/v1/orders", order, key=self.key, status=202)

    def registered(self, parcel_id, seconds):
        """The parcel, once it has its barcode."""

        def ask():
            parcel = self.call("GET", f"/v1/parcels/{parcel_id}", key=self.key, status=200)
            must(parcel["state"] not in ("outcome_unknown", "needs_attention"), "parcel:", parcel)
            return parcel if parcel["tracking_code"] else None

        return until(f"the barcode of {parcel_id}", seconds, ask)

    def webhooks(self, kind):
        """Webhooks of a kind that reached the shop, each with a good signature."""
        found = []
        for item in self.simulator("GET", "/_local/webhooks")["items"]:
            headers, body = {n.lower(): v for n, v in item["headers"].items()}, item["body"]
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
            key = base64.b64decode(self.webhook_secret.removeprefix("whsec_"))
            expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            must(expected in headers["webhook-signature"].split(), "a webhook's signature is not good:", item)
            payload = json.loads(body)
            if payload["type"] == kind:
                found.append((headers["webhook-id"], payload))
        return found

    def logs(self):
        """Every line the functions wrote."""
        logs = boto3.client("logs")
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/yam/{self.stack}/"):
            for group in page["logGroups"]:
                name, token = group["logGroupName"], {}
                while True:
                    answer = logs.filter_log_events(logGroupName=name, **token)
                    for event in answer["events"]:
                        yield name, event["message"]
                    if "nextToken" not in answer or answer["nextToken"] == token.get("nextToken"):
                        break
                    token = {"nextToken": answer["nextToken"]}

    def as_function(self, service, function, role):
        """A client with the credentials the emulator gives a function."""
        version = boto3.client("lambda").get_alias(FunctionName=self.resources[function], Name="live")["FunctionVersion"]
        account = boto3.client("sts").get_caller_identity()["Account"]
        region = boto3.session.Session().region_name
        arn = f"arn:aws:lambda:{region}:{account}:function:{self.resources[function]}:{version}"
        role_arn = boto3.client("iam").get_role(RoleName=self.resources[role])["Role"]["Arn"]
        digest = hashlib.sha256(f"{arn}:{role_arn}".encode()).hexdigest()
        return boto3.client(
            service,
            aws_access_key_id=f"ASIA{digest[:16].upper()}",
            aws_secret_access_key=hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
            aws_session_token=hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
        )

    # --- the story --------------------------------------------------------------------------------------

    def public_routes_answer(self):
        until("GET /healthz", 60, lambda: self.call("GET", "/healthz")[0] == 200)
        contract = self.call("GET", "/openapi.json", status=200)
        must("/v1/orders" in contract["paths"], "the contract has no /v1/orders")

    def strangers_are_refused(self):
        for path in ("/v1/me", "/v1/orders/o1", "/v1/parcels/p1"):
            self.call("GET", path, status=401)
        self.call("POST", "/v1/rates", {}, status=401)
        self.call("POST", "/v1/operator/merchants", {}, key="not the operator key", status=401)

    def an_operator_makes_merchants(self):
        def make(name):
            body = {"merchant_id": name, "name": name, "country": "IR"}
            made = self.call("POST", "/v1/operator/merchants", body, key=self.operator_key, status=201)
            return made["api_key"]["api_key"]

        self.key, self.other_key = make("saffron"), make("pistachio")
        must(self.call("GET", "/v1/me", key=self.key, status=200)["merchant"] == "saffron", "/v1/me tells another")

    def a_carrier_account_is_sealed_and_works(self):
        account = {"username": "saffron-shop", "password": PASSWORD, "shop_code": 21111}
        self.simulator("POST", "/_local/simulators/iran_post/accounts", account)
        body = {
            "carrier": "iran_post",
            "wire": "eshop",
            "credentials": {"username": "saffron-shop", "password": PASSWORD},
            "sender": {"region": "تهران", "city": "تهران"},
            "tariff": "t2",
        }
        put = self.call("PUT", "/v1/settings/carriers/post", body, key=self.key, status=200)
        must(put["state"] == "in_use", "the account is", put)
        must(PASSWORD not in json.dumps(put), "the answer tells the password")

    def a_webhook_endpoint_is_set(self):
        body = {"url": f"{self.simulators}/shop/webhooks"}
        self.webhook_secret = self.call("PUT", "/v1/settings/webhooks/shop", body, key=self.key, status=201)["secret"]

    def prices_come_from_the_post(self):
        money = {"amount": RIAL, "currency": "IRR"}
        body = {
            "destination": {"country": "IR", "region": "اصفهان", "city": "اصفهان", "postal_code": "8158713131"},
            "items": [{"name": "Saffron", "quantity": 1, "weight_g": 500, "price": money}],
            "goods_total": money,
            "cod": True,
        }

        def ask():
            answer = self.call("POST", "/v1/rates", body, key=self.key, status=200)
            rates = [r for r in answer["rates"] if r["service"] == "pishtaz"]
            must(rates and rates[0]["total"]["amount"] > 0, "no price:", answer)
            # A cold function on a busy machine may be late for its deadline and answer from the table.
            return rates[0] if rates[0]["source"] in ("live", "cached") else None

        self.rate = until("a price from the post itself", 60, ask)

    def an_order_is_taken_once(self):
        self.order = self.place("1001", rate_id=self.rate["rate_id"])
        again = self.place("1001", rate_id=self.rate["rate_id"])
        must(again["order_id"] == self.order["order_id"], "the same number gave another order:", again)
        self.parcel = self.order["parcels"][0]["parcel_id"]

    def the_post_gives_a_barcode(self):
        parcel = self.registered(self.parcel, 120)
        must(len(parcel["tracking_code"]) == 20, "barcode", parcel["tracking_code"])
        taken = [entry["its_id"] for entry in self.at_the_post()]
        must(taken == [parcel["tracking_code"]], "the post has", taken, "the hub", parcel["tracking_code"])

    def a_signed_webhook_tells_the_shop(self):
        told = until("the webhook", 120, lambda: self.webhooks("parcel.registered"))
        must(len(told) == 1, len(told), "webhooks instead of one")
        must(self.parcel in json.dumps(told[0][1]["data"]), "the webhook tells of another parcel:", told)

    def work_put_off_is_released_by_the_schedule(self):
        fault = {"mode": "quota", "operation": "AddParcel", "times": 1}
        self.simulator("POST", "/_local/simulators/iran_post_eshop/faults", fault)
        order = self.place("1002", carrier="iran_post", service="pishtaz")
        self.registered(order["parcels"][0]["parcel_id"], 300)
        must(len(self.at_the_post()) == 2, "the post has", len(self.at_the_post()), "parcels instead of two")
        until("the second webhook", 120, lambda: len(self.webhooks("parcel.registered")) == 2)

    def a_schedule_polls_the_parcel(self):
        """Its slot comes now instead of in some hours; who fires and who polls are the deployed ones."""
        scheduler = boto3.client("scheduler")
        name = f"{self.stack}-tracking"
        group = next(s["GroupName"] for s in scheduler.list_schedules()["Schedules"] if s["Name"] == name)
        known = scheduler.get_schedule(Name=name, GroupName=group)
        kept = ("FlexibleTimeWindow", "Target", "State", "Name", "GroupName")
        update = {field: known[field] for field in kept if field in known}
        scheduler.update_schedule(**update, ScheduleExpression="rate(1 minutes)")
        code = self.call("GET", f"/v1/parcels/{self.parcel}", key=self.key, status=200)["tracking_code"]
        path = f"/_local/simulators/iran_post/parcels/{code}/events"
        self.simulator("POST", path, {"status": "accepted"})
        table = boto3.resource("dynamodb").Table(self.resources["Table"])

        def ask():
            for item in table.scan(ProjectionExpression="pk, sk, last_slot")["Items"]:
                if item["pk"].startswith("BUCKETS#") and "last_slot" in item:
                    key = {"pk": item["pk"], "sk": item["sk"]}
                    table.update_item(Key=key, UpdateExpression="SET last_slot = :n", ExpressionAttributeValues={":n": 0})
            parcel = self.call("GET", f"/v1/parcels/{self.parcel}", key=self.key, status=200)
            return parcel["status"] == "accepted"

        until("the poll of a schedule", 300, ask)
        until("the news of it", 120, lambda: self.webhooks("parcel.status_changed"))

    def waybill_on_release(self, carrier, account, order):
        """Enrols an account, with hub staff's word where its contract is looked at, and releases an order."""
        self.call("PUT", f"/v1/settings/carriers/{carrier}", {"carrier": carrier, **account}, key=self.key, status=200)
        review = f"/v1/operator/merchants/saffron/carriers/{carrier}"
        if self.call("GET", review, key=self.operator_key, status=200)["state"] == "under_review":
            self.call("POST", f"{review}/approve", {}, key=self.operator_key, status=200)
        order = {"number": f"{carrier}-1", "carrier": carrier, "dispatch": "on_released", **order}
        placed = self.call("POST", "/v1/orders", order, key=self.key, status=202)
        self.call("POST", f"/v1/orders/{placed['order_id']}/release", {}, key=self.key, status=202)
        return self.registered(placed["parcels"][0]["parcel_id"], 180)["tracking_code"]

    def a_korean_order_is_released(self):
        account = {
            "wire": "ship",
            "credentials": {"auth_key": "demoshipkey0000000000000000001", "security_key": KOREAN_KEY},
            "korea_post": {"customer_number": "0001234567", "approval_number": "1234567890", "office": "01"},
        }
        account["korea_post"] |= {"shop_name": "보기 상점", "inquiry_phone": "0200000000"}
        money = {"amount": 30_000, "currency": "KRW"}
        order = {
            "cod": False,
            "paid": True,
            "goods_total": money,
            "service": "parcel",
            "recipient": {
                "name": "김보기",
                "phone": "01000000000",
                "country": "KR",
                "postal_code": "04526",
                "city": "서울특별시",
                "address": "서울특별시 중구 보기로 1",
                "address2": "101호",
            },
            "items": [{"name": "찻잔", "quantity": 1, "weight_g": 1_200, "price": money}],
        }
        code = self.waybill_on_release("korea_post", account, order)
        must(len(code) == 13 and code.isdigit(), "waybill", code)

    def a_russian_order_is_released(self):
        account = {
            "wire": "otpravka",
            "tracking": "batch",
            "credentials": {
                "access_token": "demo-otpravka-token",
                "username": "demo-send",
                "password": "demo-pass",
                "tracking_login": "demo-track",
                "tracking_password": "demo-pass",
            },
            "russian_post": {"from_index": "101000"},
        }
        money = {"amount": 150_000, "currency": "RUB"}
        order = {
            "cod": True,
            "goods_total": money,
            "service": "online_parcel",
            "recipient": {
                "last_name": "Примерова",
                "first_name": "Анна",
                "phone": "+79120000001",
                "country": "RU",
                "postal_code": "190000",
                "region": "г Санкт-Петербург",
                "city": "г Санкт-Петербург",
                "address": "ул Примерная, д 1, кв 2",
            },
            "items": [{"name": "Чайник", "quantity": 1, "weight_g": 1_200, "price": money}],
        }
        code = self.waybill_on_release("russian_post", account, order)
        must(len(code) == 14 and code.isdigit(), "waybill", code)

    def browse(self, path, form=None):
        """A page of the deployed hub as a browser without scripts gets it: status, place it leads to, text."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        headers = {"host": self.host, "content-type": "application/x-www-form-urlencoded"}
        asked = urllib.request.Request(self.gateway + path, data=data, headers=headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
        try:
            with opener.open(asked, timeout=60) as answer:
                return answer.status, answer.headers.get("location"), answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers.get("location"), answer.read().decode()

    def a_shop_says_what_is_told(self):
        """A receipt leaves at any hour; news of parcels would wait for the morning."""
        boto3.client("sesv2").create_email_identity(EmailIdentity=MAILS_FROM.partition("@")[2])
        accounts = {"texts": {"messenger": "sns"}, "mails": {"messenger": "ses", "settings": {"from": MAILS_FROM}}}
        for name, account in accounts.items():
            self.call("PUT", f"/v1/settings/messengers/{name}", account, key=self.key, status=200)
        self.call("PUT", "/v1/settings/contacts", {"emails": [SHOPS_MAIL]}, key=self.key, status=200)
        text = {"channel": "sms", "text": "Saffron: {sum} came in, thank you."}
        self.call("PUT", "/v1/settings/templates/receipt", text, key=self.key, status=200)
        rules = self.call("GET", "/v1/settings/rules", key=self.key, status=200)
        (receipt,) = [
            rule
            for rule in rules["rules"]
            if (rule["status"], rule["audience"], rule["channel"]) == ("payment_paid", "buyer", "sms")
        ]
        receipt.update(enabled=True, template_id="receipt")
        body = {"version": rules["version"], "rules": rules["rules"]}
        self.call("PUT", "/v1/settings/rules", body, key=self.key, status=200)

    def a_payment_by_link_comes_in(self):
        account = {"gateway": "zibal", "credentials": {"merchant": "demo-zibal"}}
        self.call("PUT", "/v1/settings/gateways/zibal", account, key=self.key, status=200)
        body = {"amount": {"amount": RIAL, "currency": "IRR"}, "description": "Support fee", "single_use": True}
        link = self.call("POST", "/v1/payment-links", body, key=self.key, status=201)
        path = urllib.parse.urlsplit(link["url"]).path
        sealed = lambda text: text.split('name="form" value="', 1)[1].split('"', 1)[0]
        first = self.browse(path)[2]
        payer = {"name": "Sara Karimi", "mobile": "09131234567", "phone": "03132000000"}
        ways = self.browse(path, {"form": sealed(first), "step": "details", **payer})[2]
        status, _, leave = self.browse(path, {"form": sealed(ways), "step": "pay", "gateway": "zibal"})
        must(status == 200 and 'id="go"' in leave, "no page at the gateway:", status, leave)
        newest = self.call("GET", "/v1/payments?limit=1", key=self.key, status=200)["items"][0]
        number = newest["gateway_order"]
        paid = self.simulator("POST", f"/_local/simulators/zibal/payments/{number}", {"action": "pay"})
        back = urllib.parse.urlsplit(paid["return"]["url"])
        status, place, text = self.browse(f"{back.path}?{back.query}")
        must(status == 303 and place, "the callback answered", status, text)
        page = self.browse(urllib.parse.urljoin(back.path, place))[2]
        must('data-state="paid"' in page, "the payer reads", page)
        told = until("the webhook of the payment", 120, lambda: self.webhooks("payment.paid"))
        must(len(told) == 1, len(told), "webhooks payment.paid instead of one")

    def recorded(self, path):
        """What the emulator took for people, as it tells it itself."""
        status, answer = request("GET", self.gateway + path)
        must(status == 200, path, "of the emulator answered", status, answer)
        return answer

    def payer_and_shop_are_told(self):
        """By a text of SNS and a mail of SES, once each."""

        def texts():
            phone = urllib.parse.quote(PHONE)
            return self.recorded(f"/_ministack/sns/sms-messages?phoneNumber={phone}")["sms_messages"][PHONE]

        def mails():
            accounts = self.recorded("/_ministack/ses/messages")["messages"].values()
            return [mail for mails in accounts for mail in mails if mail["To"] == [SHOPS_MAIL]]

        (text,) = until("the payer's text", 120, texts)
        must(text["Message"].startswith("Saffron: ") and "{" not in text["Message"], "the payer reads", text)
        kind = text["MessageAttributes"].get("AWS.SNS.SMS.SMSType", {})
        must(kind.get("StringValue") == "Transactional", "the text is sent as", kind)
        (mail,) = until("the shop's mail", 120, mails)
        must(MAILS_FROM in mail["Source"] and mail["Subject"] and mail["BodyText"], "the shop reads", mail)
        must("<html" in mail["BodyHtml"], "the mail has no page:", mail["BodyHtml"])

        def settled():
            log = self.call("GET", "/v1/notifications", key=self.key, status=200)["items"]
            return len(log) == 2 and all(item["status"] in ("accepted", "delivered") for item in log)

        until("both in the shop's log as sent", 60, settled)
        must(len(texts()) == 1 and len(mails()) == 1, "told twice:", texts(), mails())

    # --- what must hold around it -------------------------------------------------------------------------

    def another_merchant_finds_nothing(self):
        order = self.order["order_id"]
        for method, path in (
            ("GET", f"/v1/orders/{order}"),
            ("POST", f"/v1/orders/{order}/cancel"),
            ("GET", f"/v1/parcels/{self.parcel}"),
            ("POST", f"/v1/parcels/{self.parcel}/cancel"),
            ("GET", "/v1/settings/carriers/post"),
            ("GET", "/v1/settings/webhooks/shop"),
        ):
            self.call(method, path, {} if method == "POST" else None, key=self.other_key, status=404)

    def dead_letter_queues_are_empty(self):
        sqs = boto3.client("sqs")
        for queue in ("DispatchDeadLetters", "SyncDeadLetters", "EvidenceDeadLetters", "TrackingDeadLetters", "OpenpayDeadLetters", "NotifyDeadLetters"):
            attributes = sqs.get_queue_attributes(QueueUrl=self.resources[queue], AttributeNames=["All"])["Attributes"]
            must(attributes["ApproximateNumberOfMessages"] == "0", queue, attributes)

    def nothing_is_left_to_do(self):
        table = boto3.resource("dynamodb").Table(self.resources["Table"])

        def left():
            items = table.scan(ProjectionExpression="pk, sk")["Items"]
            rows = [(i["pk"], i["sk"]) for i in items if i["pk"].startswith(("DUE#", "OUTBOX#"))]
            return [row for row in rows if not planned(*row)]

        def planned(pk, sk):
            """What lies ahead is no debt: a parcel is looked at again after news and a while after its release, a
            security key before it lapses, a ticket once the post has it ready, a message waits for its window."""
            due_ms = int(sk.split("#", 1)[0])
            ahead = any(mark in sk for mark in ("/PARCEL#", "/KEYUSE#", "/TICKET#", "/INTENT#tell#"))
            return pk.startswith("DUE#") and ahead and due_ms > time.time() * 1000

        try:
            until("due rows and outbox rows to be gone", 300, lambda: not left())
        except Failed:
            must(False, "still there:", left())

    def the_table_holds_no_secret_in_the_clear(self):
        client = boto3.client("dynamodb")
        pages = client.get_paginator("scan").paginate(TableName=self.resources["Table"])
        items = [json.dumps(item, default=repr) for page in pages for item in page["Items"]]
        must(len(items) > 10, "only", len(items), "items")
        hidden = {
            "the post's password": PASSWORD,
            "the Korean security key": KOREAN_KEY,
            "the Russian token": "demo-otpravka-token",
            "the webhook secret": self.webhook_secret,
            "an API key": self.key.rsplit("_", 1)[-1],
            "the operator key": self.operator_key,
        }
        for what, text in hidden.items():
            for form in (text, base64.b64encode(text.encode()).decode().rstrip("=")):
                must(not [item for item in items if form in item], what, "stands in the table")

    def logs_tell_no_secret_and_no_person(self):
        hidden = (PASSWORD, self.webhook_secret, self.key, self.operator_key, PHONE, "09131234567", "Karimi", SHOPS_MAIL)
        hidden += (KOREAN_KEY, "demo-otpravka-token", "김보기", "Примерова", "+79120000001", "보기로")
        lines = 0
        for group, line in self.logs():
            lines += 1
            must("AccessDenied" not in line, group, "was denied:", line)
            for text in hidden:
                must(text not in line, group, "tells", text, ":", line)
        must(lines > 20, "only", lines, "log lines")

    def policies_are_in_force(self):
        """Else the roles of template.yaml would be untested, and all of the above would hold as well."""
        table, key = self.resources["Table"], lambda pk: {"pk": {"S": pk}, "sk": {"S": "MERCHANT"}}

        def denied(act):
            try:
                act()
            except ClientError as error:
                must(error.response["Error"]["Code"].startswith("AccessDenied"), error)
                return True
            return False

        orders = self.as_function("dynamodb", "OrdersFunction", "OrdersRole")
        must(not denied(lambda: orders.get_item(TableName=table, Key=key("M#saffron"))), "orders cannot read merchants")
        must(denied(lambda: orders.get_item(TableName=table, Key=key("HUB#MERCHANTS"))), "orders reads the hub's items")
        must(denied(lambda: orders.scan(TableName=table)), "orders can scan")
        relay = self.as_function("dynamodb", "RelayFunction", "RelayRole")
        must(denied(lambda: relay.get_item(TableName=table, Key=key("M#saffron"))), "relay reads merchants")
        put = {"Put": {"TableName": table, "Item": key("HUB#MERCHANTS")}}
        must(denied(lambda: orders.transact_write_items(TransactItems=[put])), "orders writes the hub's items")
        sqs = self.as_function("sqs", "RatesFunction", "RatesRole")
        send = {"QueueUrl": self.resources["DispatchQueue"], "MessageBody": "{}"}
        must(denied(lambda: sqs.send_message(**send)), "rates can send")
        notify = self.as_function("dynamodb", "NotifyFunction", "NotifyRole")
        must(not denied(lambda: notify.get_item(TableName=table, Key=key("M#saffron"))), "notify cannot read merchants")
        must(denied(lambda: notify.get_item(TableName=table, Key=key("HUB#MERCHANTS"))), "notify reads the hub's items")
        notices = self.as_function("dynamodb", "NoticesFunction", "NoticesRole")
        must(not denied(lambda: notices.get_item(TableName=table, Key=key("HUB#PRICES"))), "notices cannot read prices")
        must(denied(lambda: notices.get_item(TableName=table, Key=key("HUB#MERCHANTS"))), "notices reads the registry")
        mail = {
            "FromEmailAddress": MAILS_FROM,
            "Destination": {"ToAddresses": [SHOPS_MAIL]},
            "Content": {"Simple": {"Subject": {"Data": "-"}, "Body": {"Text": {"Data": "-"}}}},
        }
        ses = self.as_function("sesv2", "RatesFunction", "RatesRole")
        must(denied(lambda: ses.send_email(**mail)), "rates can mail")


STEPS = [
    Drive.public_routes_answer,
    Drive.strangers_are_refused,
    Drive.an_operator_makes_merchants,
    Drive.a_carrier_account_is_sealed_and_works,
    Drive.a_webhook_endpoint_is_set,
    Drive.prices_come_from_the_post,
    Drive.an_order_is_taken_once,
    Drive.the_post_gives_a_barcode,
    Drive.a_signed_webhook_tells_the_shop,
    Drive.work_put_off_is_released_by_the_schedule,
    Drive.a_schedule_polls_the_parcel,
    Drive.a_korean_order_is_released,
    Drive.a_russian_order_is_released,
    Drive.a_shop_says_what_is_told,
    Drive.a_payment_by_link_comes_in,
    Drive.payer_and_shop_are_told,
    Drive.another_merchant_finds_nothing,
    Drive.dead_letter_queues_are_empty,
    Drive.nothing_is_left_to_do,
    Drive.the_table_holds_no_secret_in_the_clear,
    Drive.logs_tell_no_secret_and_no_person,
    Drive.policies_are_in_force,
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("endpoint", "api", "simulators", "operator-key", "stack"):
        parser.add_argument(f"--{name}", required=True)
    drive = Drive(parser.parse_args())
    passed, failed = 0, 0
    for step in STEPS:
        started = time.monotonic()
        try:
            step(drive)
            passed, word = passed + 1, "ok"
        except (Failed, ClientError, OSError, LookupError, TypeError, ValueError) as error:
            failed, word = failed + 1, f"FAILED: {type(error).__name__}: {error}"
        print(f"{step.__name__.replace('_', ' ')} ... {word} ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
