CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS accounts (username TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    client_id TEXT,
    name TEXT NOT NULL,
    price INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    stock INTEGER NOT NULL,
    percent_discount INTEGER NOT NULL,
    description TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS parcels (
    code TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    system TEXT NOT NULL,
    our_id TEXT,
    shenase TEXT NOT NULL,
    city INTEGER NOT NULL,
    service TEXT NOT NULL,
    pay TEXT NOT NULL,
    weight INTEGER NOT NULL,
    goods INTEGER NOT NULL,
    postage INTEGER NOT NULL,
    vat INTEGER NOT NULL,
    collect INTEGER NOT NULL,
    status INTEGER NOT NULL,
    ready_date TEXT,
    recipient TEXT NOT NULL,
    committed_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS parcels_our_id ON parcels (account, our_id) WHERE our_id IS NOT NULL;

CREATE TABLE IF NOT EXISTS dossiers (
    id INTEGER PRIMARY KEY,
    carrier TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    visible_ms INTEGER NOT NULL,
    gone_ms INTEGER,
    value TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS dossiers_code ON dossiers (carrier, code, at_ms, id);

CREATE TABLE IF NOT EXISTS credentials (
    system TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (system, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS usage (
    system TEXT NOT NULL,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    day TEXT NOT NULL,
    used INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (system, account, service, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY,
    login TEXT NOT NULL,
    ready_ms INTEGER NOT NULL,
    codes TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS tickets_ready ON tickets (ready_ms) WHERE codes <> '';

CREATE TABLE IF NOT EXISTS bills (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    code TEXT NOT NULL UNIQUE,
    goods INTEGER NOT NULL,
    postage INTEGER NOT NULL,
    vat INTEGER NOT NULL,
    registration_fee INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    kind TEXT NOT NULL,
    account TEXT,
    our_id TEXT,
    its_id TEXT,
    amount INTEGER,
    text_hash TEXT NOT NULL,
    recipient TEXT,
    received_ms INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL,
    cancelled_ms INTEGER,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_its_id ON ledger (its_id);

CREATE TABLE IF NOT EXISTS bodies (
    system TEXT NOT NULL,
    operation TEXT NOT NULL,
    account TEXT NOT NULL,
    our_id TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    recipient TEXT NOT NULL,
    received INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (system, operation, account, our_id, text_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS calls (
    system TEXT NOT NULL,
    operation TEXT NOT NULL,
    received INTEGER NOT NULL,
    executed INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (system, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS late (
    id INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    operation TEXT NOT NULL,
    account TEXT,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    received_ms INTEGER NOT NULL,
    commit_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    sim_clock INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY,
    received_ms INTEGER NOT NULL,
    path TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    accepted INTEGER NOT NULL,
    answered TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS webhooks_webhook_id ON webhooks (webhook_id);

CREATE TABLE IF NOT EXISTS korea_orders (
    id INTEGER PRIMARY KEY,
    cust_no TEXT NOT NULL,
    appr_no TEXT NOT NULL,
    req_type TEXT NOT NULL,
    order_no TEXT NOT NULL,
    req_no TEXT NOT NULL,
    res_no TEXT NOT NULL,
    regi_no TEXT NOT NULL,
    day TEXT NOT NULL,
    res_date TEXT NOT NULL,
    post TEXT NOT NULL,
    price INTEGER NOT NULL,
    printed INTEGER NOT NULL,
    state TEXT NOT NULL,
    committed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS korea_orders_order_no ON korea_orders (cust_no, order_no);
CREATE INDEX IF NOT EXISTS korea_orders_regi_no ON korea_orders (regi_no);
CREATE INDEX IF NOT EXISTS korea_orders_day ON korea_orders (cust_no, day);

CREATE TABLE IF NOT EXISTS korea_offices (
    cust_no TEXT NOT NULL,
    office_ser TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (cust_no, office_ser)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS otpravka_orders (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    order_num TEXT NOT NULL,
    barcode TEXT NOT NULL,
    batch TEXT,
    mail_type TEXT NOT NULL,
    mail_category TEXT NOT NULL,
    mass INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    value TEXT NOT NULL,
    committed_ms INTEGER NOT NULL,
    handed_over_ms INTEGER,
    deleted_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS otpravka_orders_order_num ON otpravka_orders (account, order_num);
CREATE INDEX IF NOT EXISTS otpravka_orders_barcode ON otpravka_orders (barcode);
CREATE INDEX IF NOT EXISTS otpravka_orders_batch ON otpravka_orders (account, batch);

CREATE TABLE IF NOT EXISTS otpravka_batches (
    name TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    status TEXT NOT NULL,
    status_ms INTEGER NOT NULL,
    mail_type TEXT NOT NULL,
    mail_category TEXT NOT NULL,
    postoffice TEXT NOT NULL,
    sending_date TEXT NOT NULL,
    archived INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS otpravka_returns (
    barcode TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    direct TEXT,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS payments (
    serial INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    our_id TEXT NOT NULL,
    receipt TEXT,
    due_ms INTEGER,
    value TEXT NOT NULL,
    UNIQUE (system, id)
) STRICT;
CREATE INDEX IF NOT EXISTS payments_our_id ON payments (system, account, our_id);
CREATE INDEX IF NOT EXISTS payments_receipt ON payments (system, receipt) WHERE receipt IS NOT NULL;
CREATE INDEX IF NOT EXISTS payments_due ON payments (due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS refunds (
    serial INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    id TEXT NOT NULL,
    payment TEXT NOT NULL,
    our_id TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_payment ON refunds (system, payment);
CREATE UNIQUE INDEX IF NOT EXISTS refunds_id ON refunds (system, id);

CREATE TABLE IF NOT EXISTS payment_keys (
    system TEXT NOT NULL,
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (system, account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS payment_scripts (
    id INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    payment TEXT NOT NULL,
    post INTEGER NOT NULL,
    url TEXT NOT NULL,
    content_type TEXT NOT NULL,
    body TEXT NOT NULL,
    expect TEXT,
    attempts INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    due_ms INTEGER,
    state TEXT NOT NULL,
    log TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS messages (
    serial INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    id TEXT NOT NULL,
    account TEXT NOT NULL,
    our_id TEXT,
    channel TEXT NOT NULL,
    recipient TEXT NOT NULL,
    same TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    due_ms INTEGER,
    value TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS messages_id ON messages (system, id);
CREATE INDEX IF NOT EXISTS messages_our_id ON messages (system, account, our_id);
CREATE INDEX IF NOT EXISTS messages_same ON messages (system, account, same, sent_ms);
CREATE INDEX IF NOT EXISTS messages_sent ON messages (system, account, sent_ms);
CREATE INDEX IF NOT EXISTS messages_due ON messages (due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS message_spending (
    system TEXT NOT NULL,
    account TEXT NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (system, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS message_scripts (
    id INTEGER PRIMARY KEY,
    system TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS message_signatures (
    signature TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
