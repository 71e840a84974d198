-- Cash sweeps: rules, their runs, papers for transfers abroad, and the banks' own identifiers of our accounts.

CREATE TABLE bank_account (
    account_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    holder TEXT NOT NULL,
    iban TEXT,
    local_id TEXT,
    bic TEXT,
    bank_name TEXT,
    country TEXT NOT NULL,
    town TEXT,
    stated_by TEXT NOT NULL,
    stated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bank_account PRIMARY KEY (account_id),
    CONSTRAINT fk_bank_account_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT ck_bank_account_one_identifier CHECK ((iban IS NULL) <> (local_id IS NULL))
);

CREATE TABLE sweep_rule (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    child_account_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    kind TEXT NOT NULL,
    currency CHAR(3) NOT NULL,
    minimum_minor BIGINT NOT NULL,
    approval_above_minor BIGINT NOT NULL,
    trigger_minor BIGINT,
    target_minor BIGINT,
    zone TEXT NOT NULL,
    opens TIME WITHOUT TIME ZONE NOT NULL,
    cut_off TIME WITHOUT TIME ZONE NOT NULL,
    days TEXT NOT NULL,
    day_numbers INTEGER[] NOT NULL,
    fx_policy TEXT NOT NULL,
    max_spread_basis_points INTEGER,
    purpose TEXT NOT NULL,
    most_days_in_transit INTEGER NOT NULL,
    active_from DATE NOT NULL,
    active_until DATE,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sweep_rule PRIMARY KEY (id),
    CONSTRAINT fk_sweep_rule_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT ck_sweep_rule_amounts CHECK (minimum_minor >= 0 AND approval_above_minor >= 0
        AND coalesce(trigger_minor, 0) >= 0 AND coalesce(target_minor, 0) >= 0),
    CONSTRAINT ck_sweep_rule_hours CHECK (opens < cut_off)
);
CREATE INDEX ix_sweep_rule_tenant ON sweep_rule (tenant_id, id);

CREATE TABLE sweep_run (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    rule_revision INTEGER NOT NULL,
    business_date DATE NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    into_currency CHAR(3) NOT NULL,
    brought_minor BIGINT,
    middle_minor BIGINT,
    rate NUMERIC,
    mid NUMERIC,
    rate_source TEXT,
    rate_as_of DATE,
    quote_id TEXT,
    taxes JSONB NOT NULL,
    purpose TEXT NOT NULL,
    effective_at TIMESTAMP WITH TIME ZONE NOT NULL,
    requested_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_by TEXT,
    approved_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    taken_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    arrived_minor BIGINT,
    arrived_on DATE,
    reason_code TEXT,
    reason TEXT,
    bank_reference TEXT,
    file_reference TEXT,
    entry_out TEXT,
    entry_tax TEXT,
    entry_in TEXT,
    reversal TEXT,
    reversal_tax TEXT,
    CONSTRAINT pk_sweep_run PRIMARY KEY (id),
    CONSTRAINT fk_sweep_run_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_sweep_run_rule_id FOREIGN KEY(rule_id) REFERENCES sweep_rule (id),
    CONSTRAINT fk_sweep_run_quote_id FOREIGN KEY(quote_id) REFERENCES fx_quote (id),
    CONSTRAINT uq_sweep_run_rule_id_business_date_attempt UNIQUE (rule_id, business_date, attempt),
    CONSTRAINT ck_sweep_run_state CHECK (state IN ('planned', 'awaiting_approval', 'sent', 'in_transit', 'arrived',
        'failed', 'returned', 'cancelled')),
    CONSTRAINT ck_sweep_run_amount CHECK (amount_minor > 0),
    CONSTRAINT ck_sweep_run_booked CHECK ((state IN ('sent', 'in_transit', 'arrived', 'returned')) <= (entry_out IS NOT NULL)),
    CONSTRAINT ck_sweep_run_settled CHECK ((state = 'arrived') = (entry_in IS NOT NULL)),
    CONSTRAINT ck_sweep_run_undone CHECK ((state IN ('failed', 'returned') AND entry_out IS NOT NULL) = (reversal IS NOT NULL)),
    CONSTRAINT ck_sweep_run_reasoned CHECK ((state IN ('failed', 'returned', 'cancelled')) <= (reason IS NOT NULL))
);
-- Never twice for a business date.
CREATE UNIQUE INDEX ux_sweep_run_once ON sweep_run (rule_id, business_date)
    WHERE state NOT IN ('failed', 'cancelled');
CREATE INDEX ix_sweep_run_open ON sweep_run (tenant_id, state, effective_at);

-- What was swept stays what it was, and a run that ended stays ended.
CREATE FUNCTION sweep_run_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    IF OLD.state IN ('arrived', 'failed', 'returned', 'cancelled')
        OR (NEW.id, NEW.tenant_id, NEW.rule_id, NEW.business_date, NEW.attempt, NEW.amount_minor, NEW.currency)
            IS DISTINCT FROM
           (OLD.id, OLD.tenant_id, OLD.rule_id, OLD.business_date, OLD.attempt, OLD.amount_minor, OLD.currency)
    THEN
        RAISE EXCEPTION 'the sweep run % cannot be changed so', OLD.id USING ERRCODE = 'AF001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sweep_run_stays BEFORE UPDATE ON sweep_run FOR EACH ROW EXECUTE FUNCTION sweep_run_guard();

CREATE TABLE sweep_document (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    rule_id TEXT NOT NULL,
    code TEXT NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BYTEA NOT NULL,
    note TEXT NOT NULL,
    attached_by TEXT NOT NULL,
    attached_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sweep_document PRIMARY KEY (id),
    CONSTRAINT fk_sweep_document_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_sweep_document_rule_id FOREIGN KEY(rule_id) REFERENCES sweep_rule (id),
    CONSTRAINT ck_sweep_document_days CHECK (last_day >= first_day)
);
CREATE INDEX ix_sweep_document_rule ON sweep_document (rule_id, id);

-- Who changed a rule, a run or a bank account, when and why.
CREATE TABLE sweep_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sweep_event PRIMARY KEY (seq),
    CONSTRAINT fk_sweep_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_sweep_event_subject ON sweep_event (tenant_id, subject, seq);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bank_account', 'sweep_rule', 'sweep_run', 'sweep_document', 'sweep_event']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['bank_account', 'sweep_rule', 'sweep_run']
    LOOP
        EXECUTE format('GRANT UPDATE ON %I TO afluente_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['sweep_document', 'sweep_event']
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_stays', name);
    END LOOP;
END $$;
