-- The books. Amounts are whole cents; a debit is positive, a credit negative (rules 5.2).
-- Dates are milliseconds since the epoch, as /Date(ms)/ shows them; ids are lower-case GUIDs.
-- What no rule needs by name is kept in the JSON column `extra` under the property's name.

CREATE TABLE company (
    division INTEGER PRIMARY KEY, description TEXT NOT NULL, currency TEXT NOT NULL, country TEXT NOT NULL,
    legislation TEXT NOT NULL, language TEXT NOT NULL, time_zone TEXT NOT NULL, status INTEGER NOT NULL,
    blocking_status INTEGER NOT NULL, licence TEXT NOT NULL, customer TEXT, siret TEXT, vat_number TEXT,
    receivable_account TEXT NOT NULL, payment_condition TEXT, moved INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, extra TEXT NOT NULL
) STRICT;

CREATE TABLE gl_account (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT NOT NULL,
    type INTEGER NOT NULL, balance_side TEXT, balance_type TEXT, vat_code TEXT,
    use_cost_center INTEGER NOT NULL DEFAULT 0, use_cost_unit INTEGER NOT NULL DEFAULT 0,
    is_blocked INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;
CREATE INDEX gl_account_rowversion ON gl_account (division, rowversion);

CREATE TABLE journal (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT,
    type INTEGER NOT NULL, gl_account TEXT, currency TEXT, is_blocked INTEGER NOT NULL DEFAULT 0,
    allow_vat INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;

CREATE TABLE vat_code (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT NOT NULL,
    type TEXT NOT NULL, transaction_type TEXT NOT NULL, gl_to_pay TEXT, gl_to_claim TEXT,
    is_blocked INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;

CREATE TABLE vat_percentage (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL, vat_code_id TEXT NOT NULL REFERENCES vat_code ON DELETE CASCADE,
    line_number INTEGER NOT NULL, type INTEGER NOT NULL, percentage TEXT NOT NULL, -- a decimal fraction: '0.055'
    start_date INTEGER, end_date INTEGER, created INTEGER NOT NULL, modified INTEGER NOT NULL
) STRICT;
CREATE INDEX vat_percentage_code ON vat_percentage (vat_code_id);

CREATE TABLE account (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, name TEXT NOT NULL,
    status TEXT NOT NULL, start_date INTEGER, end_date INTEGER, blocked INTEGER NOT NULL DEFAULT 0,
    receivable_account TEXT, payment_condition TEXT, vat_code TEXT, email TEXT, vat_number TEXT,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;
CREATE INDEX account_trimmed_code ON account (division, trim(code));
CREATE INDEX account_name ON account (division, name);
CREATE INDEX account_rowversion ON account (division, rowversion);

CREATE TABLE payment_condition (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT NOT NULL,
    payment_method TEXT, payment_days INTEGER, payment_end_of_months INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;

CREATE TABLE cost_center (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1, end_date INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;

CREATE TABLE cost_unit (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, code TEXT NOT NULL, description TEXT NOT NULL,
    end_date INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, code)
) STRICT;

CREATE TABLE financial_period (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, year INTEGER NOT NULL, period INTEGER NOT NULL,
    start_date INTEGER NOT NULL, end_date INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    UNIQUE (division, year, period)
) STRICT;

CREATE TABLE closed_period (
    division INTEGER NOT NULL, journal TEXT NOT NULL, year INTEGER NOT NULL, period INTEGER NOT NULL,
    PRIMARY KEY (division, journal, year, period)
) STRICT, WITHOUT ROWID;

-- One row per document: `kind` is sales, cash, bank or general. Totals are the document's, including VAT.
CREATE TABLE entry (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, kind TEXT NOT NULL, journal TEXT NOT NULL,
    number INTEGER NOT NULL, year INTEGER NOT NULL, period INTEGER NOT NULL, date INTEGER NOT NULL, due_date INTEGER,
    customer TEXT, currency TEXT NOT NULL, rate TEXT NOT NULL, description TEXT, your_ref TEXT,
    payment_condition TEXT, payment_reference TEXT, document TEXT,
    type INTEGER NOT NULL, status INTEGER NOT NULL,
    amount_fc INTEGER NOT NULL, amount_dc INTEGER NOT NULL, vat_fc INTEGER NOT NULL, vat_dc INTEGER NOT NULL,
    opening_fc INTEGER, closing_fc INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, journal, number)
) STRICT;
CREATE INDEX entry_kind ON entry (division, kind, id);
CREATE INDEX entry_your_ref ON entry (division, your_ref);
CREATE INDEX entry_number ON entry (division, number);
CREATE INDEX entry_customer ON entry (division, customer);
CREATE INDEX entry_date ON entry (division, date);
CREATE INDEX entry_modified ON entry (division, modified);

-- One row per ledger line. `role` is counter (the line Exact books by itself), document or vat.
CREATE TABLE line (
    id TEXT NOT NULL, division INTEGER NOT NULL, entry_id TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
    kind TEXT NOT NULL, role TEXT NOT NULL, line_number INTEGER NOT NULL, gl_account TEXT NOT NULL, account TEXT,
    amount_fc INTEGER NOT NULL, amount_dc INTEGER NOT NULL,
    vat_code TEXT, vat_type TEXT, vat_percentage TEXT, vat_fc INTEGER, vat_dc INTEGER, vat_base_fc INTEGER,
    date INTEGER NOT NULL, description TEXT, cost_center TEXT, cost_unit TEXT, document TEXT, offset_id TEXT,
    rowversion INTEGER NOT NULL, extra TEXT NOT NULL DEFAULT '{}', PRIMARY KEY (division, id)
) STRICT;
-- Every index costs a commit a page or more: the key is the order of lists too, this one the foreign key's too.
CREATE INDEX line_entry ON line (entry_id, division, line_number);
CREATE INDEX line_description ON line (division, description);
CREATE INDEX line_date ON line (division, date);
CREATE INDEX line_account ON line (division, account);
CREATE INDEX line_balance ON line (division, gl_account, account, amount_dc); -- the sums need no other page
CREATE INDEX line_rowversion ON line (division, rowversion);

CREATE TABLE last_number (
    division INTEGER NOT NULL, journal TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (division, journal, year)
) STRICT, WITHOUT ROWID;

-- Numbers of entries that were deleted.
CREATE TABLE retired_number (
    division INTEGER NOT NULL, journal TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (division, journal, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE deletion (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL, entity_type INTEGER NOT NULL, entity_key TEXT NOT NULL,
    deleted_by TEXT, deleted_at INTEGER NOT NULL, rowversion INTEGER NOT NULL
) STRICT;
CREATE INDEX deletion_rowversion ON deletion (division, rowversion);

-- Descriptions of master data in other languages than the company's (rules 3.2).
CREATE TABLE description (
    row_id TEXT NOT NULL, language TEXT NOT NULL, division INTEGER NOT NULL REFERENCES company, text TEXT NOT NULL,
    PRIMARY KEY (row_id, language)
) STRICT, WITHOUT ROWID;

-- The same in every company.
CREATE TABLE document_type (
    id INTEGER PRIMARY KEY, description TEXT NOT NULL, category INTEGER NOT NULL
) STRICT;
CREATE TABLE document_category (id TEXT PRIMARY KEY, description TEXT NOT NULL) STRICT;
CREATE TABLE feature (id INTEGER PRIMARY KEY, description TEXT NOT NULL) STRICT;

-- Documents and what hangs on them (rules 5.3). `hid` is the number people see.
CREATE TABLE document (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, hid INTEGER NOT NULL, subject TEXT NOT NULL,
    type INTEGER NOT NULL REFERENCES document_type, account TEXT, category TEXT, document_date INTEGER,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT, rowversion INTEGER NOT NULL,
    extra TEXT NOT NULL DEFAULT '{}', UNIQUE (division, hid)
) STRICT;
CREATE INDEX document_rowversion ON document (division, rowversion);
CREATE INDEX entry_document ON entry (document) WHERE document IS NOT NULL;
CREATE INDEX line_document ON line (document) WHERE document IS NOT NULL;

CREATE TABLE attachment (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL, document_id TEXT NOT NULL REFERENCES document ON DELETE CASCADE,
    file_name TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
CREATE INDEX attachment_document ON attachment (document_id);

CREATE TABLE document_type_folder (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, document_type INTEGER, document_folder TEXT,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, creator TEXT, modifier TEXT
) STRICT;

-- What a caller changed of an open item; the item itself is a ledger line.
CREATE TABLE receivable_change (
    line_id TEXT PRIMARY KEY, description TEXT, payment_method TEXT, payment_reference TEXT
) STRICT, WITHOUT ROWID;

-- An app is registered in one country (rules 1.1); `guid` is how webhooks name it.
CREATE TABLE client (
    id TEXT PRIMARY KEY, country TEXT NOT NULL, secret TEXT NOT NULL, name TEXT NOT NULL,
    guid TEXT NOT NULL, webhook_secret TEXT NOT NULL
) STRICT;
CREATE TABLE redirect_uri (client_id TEXT NOT NULL REFERENCES client, uri TEXT NOT NULL) STRICT;
CREATE TABLE user (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, country TEXT NOT NULL, password TEXT NOT NULL, full_name TEXT NOT NULL,
    language TEXT NOT NULL, licence TEXT NOT NULL, current_division INTEGER
) STRICT;
CREATE TABLE membership (
    user_id TEXT NOT NULL REFERENCES user, division INTEGER NOT NULL REFERENCES company,
    PRIMARY KEY (user_id, division)
) STRICT, WITHOUT ROWID;
-- `divisions` is a JSON list of the companies the user permitted for the app, or null for all of them.
CREATE TABLE consent (
    client_id TEXT NOT NULL REFERENCES client, user_id TEXT NOT NULL REFERENCES user, divisions TEXT,
    PRIMARY KEY (client_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE authorization_code (
    code TEXT PRIMARY KEY, client_id TEXT NOT NULL, user_id TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE token (
    access_token TEXT PRIMARY KEY, refresh_token TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL, user_id TEXT NOT NULL,
    issued_at INTEGER NOT NULL, access_expires_at INTEGER NOT NULL, refresh_expires_at INTEGER NOT NULL,
    successor TEXT -- the refresh token it was exchanged for
) STRICT;
CREATE TABLE forbidden (
    user_id TEXT NOT NULL, resource TEXT NOT NULL, PRIMARY KEY (user_id, resource)
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_subscription (
    id TEXT PRIMARY KEY, division INTEGER NOT NULL REFERENCES company, client_id TEXT NOT NULL REFERENCES client,
    topic TEXT NOT NULL, callback_url TEXT NOT NULL, base TEXT NOT NULL, user_id TEXT NOT NULL,
    created INTEGER NOT NULL, creator TEXT NOT NULL, UNIQUE (division, topic, client_id)
) STRICT;
CREATE TABLE clock (offset_ms INTEGER NOT NULL) STRICT;
