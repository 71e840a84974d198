-- The facts that are not the book. Row-level security by tenant stands from the first migration:
-- every table that carries tenant_id is visible and writable for one tenant at a time, the one named by the
-- setting afluente.tenant. The application connects as afluente_app, which owns nothing and bypasses nothing.

CREATE EXTENSION IF NOT EXISTS btree_gist;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'afluente_app') THEN
        CREATE ROLE afluente_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO afluente_app;

CREATE FUNCTION this_tenant() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('afluente.tenant', true), '') $$;

-- Raised by triggers on tables whose rows, once written, stay as they are.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'AF001';
END $$;

CREATE TABLE tenant (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tenant PRIMARY KEY (id)
);

CREATE TABLE api_key (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    key_sha256 TEXT NOT NULL,
    roles TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_key PRIMARY KEY (id),
    CONSTRAINT uq_api_key_tenant_id_name UNIQUE (tenant_id, name),
    CONSTRAINT fk_api_key_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT uq_api_key_key_sha256 UNIQUE (key_sha256)
);

CREATE TABLE app_user (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    locale TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_app_user PRIMARY KEY (id),
    CONSTRAINT fk_app_user_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT uq_app_user_email UNIQUE (email)
);

CREATE TABLE creditor (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    document TEXT,
    contact TEXT NOT NULL,
    address TEXT,
    lender_type TEXT NOT NULL,
    settlement_currency CHAR(3) NOT NULL,
    parent_account_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_creditor PRIMARY KEY (id),
    CONSTRAINT uq_creditor_tenant_id_name UNIQUE (tenant_id, name),
    CONSTRAINT fk_creditor_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE idempotent_answer (
    tenant_id TEXT NOT NULL,
    tenant_key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    status INTEGER,
    answer JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotent_answer PRIMARY KEY (tenant_key),
    CONSTRAINT fk_idempotent_answer_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE moratorium (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    country TEXT NOT NULL,
    days DATERANGE NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_moratorium PRIMARY KEY (id),
    CONSTRAINT fk_moratorium_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE party (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    country TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    id_scheme TEXT NOT NULL,
    id_value BYTEA NOT NULL,
    id_index BYTEA NOT NULL,
    email BYTEA,
    phone BYTEA,
    locale TEXT NOT NULL,
    channel TEXT NOT NULL,
    subdivision TEXT,
    city TEXT,
    address BYTEA,
    time_zone TEXT,
    consents TEXT[] NOT NULL,
    registries TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY (id),
    CONSTRAINT uq_party_tenant_id_country_id_index UNIQUE (tenant_id, country, id_index),
    CONSTRAINT fk_party_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);

CREATE TABLE collection_case (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    country TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    work_state TEXT NOT NULL,
    accounting_state TEXT NOT NULL,
    bucket TEXT NOT NULL,
    days_past_due INTEGER NOT NULL,
    oldest_due_date DATE,
    overdue_minor BIGINT NOT NULL,
    outstanding_minor BIGINT NOT NULL,
    strategy TEXT NOT NULL,
    strategy_version INTEGER NOT NULL,
    step INTEGER NOT NULL,
    turn_no INTEGER NOT NULL,
    next_wake_at TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_collection_case PRIMARY KEY (id),
    CONSTRAINT fk_collection_case_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_collection_case_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id),
    CONSTRAINT fk_collection_case_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);
CREATE INDEX ix_case_state ON collection_case (tenant_id, work_state, days_past_due);
CREATE UNIQUE INDEX uq_case_open ON collection_case (tenant_id, creditor_id, party_id, country) WHERE closed_at IS NULL;

CREATE TABLE connection (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    country TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    name TEXT NOT NULL,
    rails TEXT[] NOT NULL,
    config JSONB NOT NULL,
    secrets BYTEA,
    child_account_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_connection PRIMARY KEY (id),
    CONSTRAINT uq_connection_tenant_id_creditor_id_platform_country_cu_4474 UNIQUE (tenant_id, creditor_id, platform, country, currency, name),
    CONSTRAINT fk_connection_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_connection_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id)
);

CREATE TABLE loan (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    contract_no TEXT NOT NULL,
    country TEXT NOT NULL,
    product TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    principal_minor BIGINT NOT NULL,
    vehicle JSONB,
    account_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    portfolio_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_loan PRIMARY KEY (id),
    CONSTRAINT uq_loan_tenant_id_creditor_id_contract_no UNIQUE (tenant_id, creditor_id, contract_no),
    CONSTRAINT fk_loan_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_loan_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id),
    CONSTRAINT fk_loan_party_id FOREIGN KEY(party_id) REFERENCES party (id)
);
CREATE INDEX ix_loan_party ON loan (party_id);

CREATE TABLE portfolio (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BYTEA NOT NULL,
    skip_bad BOOLEAN NOT NULL,
    dry_run BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    counts JSONB NOT NULL,
    errors JSONB NOT NULL,
    imported_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_portfolio PRIMARY KEY (id),
    CONSTRAINT fk_portfolio_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_portfolio_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id)
);

CREATE TABLE bucket_history (
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    bucket TEXT NOT NULL,
    days DATERANGE NOT NULL,
    CONSTRAINT ex_bucket_overlap EXCLUDE USING gist (case_id WITH =, days WITH &&),
    CONSTRAINT fk_bucket_history_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_bucket_history_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);

CREATE TABLE case_event (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    nudged_at TIMESTAMP WITH TIME ZONE,
    turn_no INTEGER,
    CONSTRAINT pk_case_event PRIMARY KEY (id),
    CONSTRAINT fk_case_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_case_event_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);
CREATE INDEX ix_case_event_pending ON case_event (recorded_at) WHERE turn_no IS NULL;
CREATE UNIQUE INDEX uq_case_event_fact ON case_event (case_id, kind, ref);

CREATE TABLE case_turn (
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    turn_no INTEGER NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decision JSONB NOT NULL,
    CONSTRAINT pk_case_turn PRIMARY KEY (case_id, turn_no),
    CONSTRAINT fk_case_turn_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_case_turn_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);

CREATE TABLE contact_permit (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    actor TEXT NOT NULL,
    result TEXT NOT NULL,
    rules TEXT[] NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_contact_permit PRIMARY KEY (id),
    CONSTRAINT fk_contact_permit_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_contact_permit_party_id FOREIGN KEY(party_id) REFERENCES party (id),
    CONSTRAINT fk_contact_permit_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);
CREATE INDEX ix_contact_permit_party ON contact_permit (party_id, issued_at);

CREATE TABLE hold (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    days DATERANGE NOT NULL,
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    released_by TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_hold PRIMARY KEY (id),
    CONSTRAINT ex_hold_overlap EXCLUDE USING gist (case_id WITH =, kind WITH =, days WITH &&),
    CONSTRAINT fk_hold_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_hold_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);

CREATE TABLE inbox (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    platform TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    filename TEXT,
    body BYTEA NOT NULL,
    state TEXT NOT NULL,
    error_code TEXT,
    error TEXT,
    attempts INTEGER NOT NULL,
    facts INTEGER,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    processed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_inbox PRIMARY KEY (id),
    CONSTRAINT uq_inbox_platform_connection_id_delivery_id UNIQUE (platform, connection_id, delivery_id),
    CONSTRAINT fk_inbox_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_inbox_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id)
);
CREATE INDEX ix_inbox_open ON inbox (next_try_at) WHERE state IN ('new', 'waiting');

CREATE TABLE instalment (
    tenant_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    due_date DATE NOT NULL,
    amount_minor BIGINT NOT NULL,
    paid_minor BIGINT NOT NULL,
    CONSTRAINT pk_instalment PRIMARY KEY (loan_id, number),
    CONSTRAINT ck_instalment_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT ck_instalment_paid_within_amount CHECK (paid_minor >= 0 AND paid_minor <= amount_minor),
    CONSTRAINT fk_instalment_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_instalment_loan_id FOREIGN KEY(loan_id) REFERENCES loan (id)
);
CREATE INDEX ix_instalment_unpaid ON instalment (loan_id, due_date) WHERE paid_minor < amount_minor;

CREATE TABLE payment_request (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    rail TEXT NOT NULL,
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    state TEXT NOT NULL,
    external_ref TEXT,
    code JSONB,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE,
    paid_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_payment_request PRIMARY KEY (id),
    CONSTRAINT ck_payment_request_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT fk_payment_request_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_payment_request_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id),
    CONSTRAINT fk_payment_request_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id)
);
CREATE INDEX ix_payment_request_case ON payment_request (case_id);
CREATE UNIQUE INDEX uq_payment_request_external ON payment_request (connection_id, external_ref) WHERE external_ref IS NOT NULL;
CREATE UNIQUE INDEX uq_payment_request_reference ON payment_request (connection_id, reference);

CREATE TABLE promise (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    due_date DATE NOT NULL,
    tolerance_basis_points INTEGER NOT NULL,
    grace_days INTEGER NOT NULL,
    state TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_promise PRIMARY KEY (id),
    CONSTRAINT ck_promise_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT fk_promise_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_promise_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);
CREATE INDEX ix_promise_case ON promise (case_id);

CREATE TABLE timeline (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail JSONB NOT NULL,
    CONSTRAINT pk_timeline PRIMARY KEY (seq),
    CONSTRAINT fk_timeline_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_timeline_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id)
);
CREATE INDEX ix_timeline_case ON timeline (case_id, seq);

CREATE TABLE notice (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    party_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    cause TEXT NOT NULL,
    channel TEXT NOT NULL,
    locale TEXT NOT NULL,
    state TEXT NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    time_zone TEXT,
    transport TEXT,
    payment_request_id TEXT,
    receipt_id TEXT,
    permit_id TEXT,
    recipient BYTEA,
    subject BYTEA,
    body BYTEA,
    html BYTEA,
    sha256 TEXT,
    template_version TEXT,
    refusal JSONB,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempted_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT fk_notice_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_notice_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id),
    CONSTRAINT fk_notice_party_id FOREIGN KEY(party_id) REFERENCES party (id),
    CONSTRAINT fk_notice_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id),
    CONSTRAINT fk_notice_permit_id FOREIGN KEY(permit_id) REFERENCES contact_permit (id)
);
CREATE INDEX ix_notice_due ON notice (not_before) WHERE state = 'queued';
CREATE UNIQUE INDEX uq_notice_cause ON notice (case_id, kind, cause);

CREATE TABLE receipt (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    inbox_id TEXT NOT NULL,
    external_ref TEXT NOT NULL,
    case_id TEXT,
    payment_request_id TEXT,
    country TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE NOT NULL,
    value_date DATE NOT NULL,
    payer_name BYTEA,
    remittance BYTEA,
    "references" TEXT[] NOT NULL,
    to_bank BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    suspense_reason TEXT,
    allocated_minor BIGINT NOT NULL,
    suspense_minor BIGINT NOT NULL,
    reversed_minor BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (id),
    CONSTRAINT uq_receipt_connection_id_external_ref UNIQUE (connection_id, external_ref),
    CONSTRAINT fk_receipt_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_receipt_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_receipt_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id),
    CONSTRAINT fk_receipt_case_id FOREIGN KEY(case_id) REFERENCES collection_case (id),
    CONSTRAINT fk_receipt_payment_request_id FOREIGN KEY(payment_request_id) REFERENCES payment_request (id)
);
CREATE INDEX ix_receipt_case ON receipt (case_id);
CREATE INDEX ix_receipt_day ON receipt (tenant_id, value_date);

CREATE TABLE reversal (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    inbox_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    external_ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    value_date DATE NOT NULL,
    reason TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_reversal PRIMARY KEY (id),
    CONSTRAINT uq_reversal_connection_id_external_ref UNIQUE (connection_id, external_ref),
    CONSTRAINT fk_reversal_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_reversal_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_reversal_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id),
    CONSTRAINT fk_reversal_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
);

CREATE TABLE allocation (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    instalment INTEGER NOT NULL,
    amount_minor BIGINT NOT NULL,
    reversal_id TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_allocation PRIMARY KEY (seq),
    CONSTRAINT ck_allocation_amount_not_zero CHECK (amount_minor <> 0),
    CONSTRAINT fk_allocation_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_allocation_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id),
    CONSTRAINT fk_allocation_reversal_id FOREIGN KEY(reversal_id) REFERENCES reversal (id)
);
CREATE INDEX ix_allocation_receipt ON allocation (receipt_id);

-- Row-level security, for every table above.
DO $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant_id'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO afluente_app', name);
    END LOOP;
END $$;
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON tenant USING (id = this_tenant()) WITH CHECK (id = this_tenant());
GRANT SELECT, INSERT, UPDATE ON tenant TO afluente_app;

-- What is written here is evidence: it is added to, never changed.
REVOKE UPDATE, DELETE ON timeline, case_turn, allocation, reversal FROM afluente_app;
-- Of these only what became of them changes; what arrived stays as it arrived.
REVOKE UPDATE, DELETE ON inbox, receipt FROM afluente_app;
GRANT UPDATE (state, error_code, error, attempts, facts, next_try_at, processed_at) ON inbox TO afluente_app;
GRANT UPDATE (state, suspense_reason, allocated_minor, suspense_minor, reversed_minor) ON receipt TO afluente_app;
CREATE TRIGGER timeline_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_turn_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON case_turn
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER allocation_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON allocation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reversal_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON reversal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The questions that are asked before the tenant is known. Each answers about one row, or with identifiers alone.
-- They run with the rights of the tables' owner, whom row-level security does not bind; that is why the
-- application never connects as the owner, and refuses to start if it does.
CREATE FUNCTION tenant_ids() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public AS
$$ SELECT id FROM tenant $$;

CREATE FUNCTION tenant_of_connection(connection_id text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public AS
$$ SELECT tenant_id FROM connection WHERE id = connection_id AND state = 'active' $$;

CREATE FUNCTION tenant_of_case(wanted_case_id text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public AS
$$ SELECT tenant_id FROM collection_case WHERE id = wanted_case_id $$;

CREATE FUNCTION user_by_email(wanted_email text)
    RETURNS TABLE (id text, tenant_id text, email text, name text, password_hash text, role text, locale text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT id, tenant_id, email, name, password_hash, role, locale FROM app_user WHERE email = wanted_email AND active $$;

CREATE FUNCTION api_key_by_hash(wanted text)
    RETURNS TABLE (id text, tenant_id text, name text, roles text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
$$ SELECT id, tenant_id, name, roles FROM api_key WHERE key_sha256 = wanted AND revoked_at IS NULL $$;
