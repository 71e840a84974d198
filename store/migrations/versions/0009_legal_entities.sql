-- Who owns which account; and the money events that have people, contests or batches behind them.

CREATE TABLE legal_entity (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    creditor_id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    lei TEXT,
    document TEXT,
    functional_currency CHAR(3) NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_legal_entity PRIMARY KEY (id),
    CONSTRAINT uq_legal_entity_tenant_id_creditor_id_name UNIQUE (tenant_id, creditor_id, name),
    CONSTRAINT fk_legal_entity_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_legal_entity_creditor_id FOREIGN KEY(creditor_id) REFERENCES creditor (id)
);

-- An account is owned by the entity named last for it, or for the nearest account above it, up to a day.
CREATE TABLE account_owner (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    tenant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    since DATE NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_account_owner PRIMARY KEY (seq),
    CONSTRAINT fk_account_owner_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_owner_entity_id FOREIGN KEY(entity_id) REFERENCES legal_entity (id)
);
CREATE INDEX ix_account_owner_account ON account_owner (account_id, since, seq);

-- A platform's batch on its way to a bank, and the line of a bank's statement that said it had come.
CREATE TABLE payout (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    inbox_id TEXT NOT NULL,
    external_ref TEXT NOT NULL,
    "references" TEXT[] NOT NULL,
    net_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    withheld_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    value_date DATE NOT NULL,
    state TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    arrived_minor BIGINT,
    arrived_ref TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payout PRIMARY KEY (id),
    CONSTRAINT uq_payout_connection_id_external_ref UNIQUE (connection_id, external_ref),
    CONSTRAINT fk_payout_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_payout_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_payout_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id)
);
CREATE INDEX ix_payout_arrived ON payout (tenant_id, arrived_ref);

-- A payment that its payer contests. ``fee_minor`` is what the contest has cost so far; ``round`` counts openings.
CREATE TABLE contest (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    inbox_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    external_ref TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    state TEXT NOT NULL,
    round INTEGER NOT NULL,
    reason TEXT,
    told_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contest PRIMARY KEY (id),
    CONSTRAINT uq_contest_connection_id_external_ref UNIQUE (connection_id, external_ref),
    CONSTRAINT ck_contest_amount_positive CHECK (amount_minor > 0),
    CONSTRAINT fk_contest_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_contest_connection_id FOREIGN KEY(connection_id) REFERENCES connection (id),
    CONSTRAINT fk_contest_inbox_id FOREIGN KEY(inbox_id) REFERENCES inbox (id),
    CONSTRAINT fk_contest_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
);
CREATE INDEX ix_contest_receipt ON contest (receipt_id);

-- What was given up of a loan, and how much of it came after all.
CREATE TABLE write_off (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    loan_id TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    recovered_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    day DATE NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_write_off PRIMARY KEY (id),
    CONSTRAINT ck_write_off_recovered_within_amount CHECK (recovered_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT fk_write_off_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_write_off_loan_id FOREIGN KEY(loan_id) REFERENCES loan (id)
);
CREATE INDEX ix_write_off_loan ON write_off (loan_id);

-- What a person had booked, and why.
CREATE TABLE money_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    day DATE NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_money_event PRIMARY KEY (seq),
    CONSTRAINT uq_money_event_id UNIQUE (id),
    CONSTRAINT fk_money_event_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_money_event_subject ON money_event (subject);

-- Of a receipt: tax kept at the source, what is contested (of which nothing is owed again yet), what is owed back
-- to the payer, and what belongs to somebody else.
ALTER TABLE receipt
    ADD COLUMN withheld_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN contested_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN refunding_minor BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN held_minor BIGINT NOT NULL DEFAULT 0;
GRANT UPDATE (case_id, contested_minor, refunding_minor, held_minor) ON receipt TO afluente_app;

-- Every creditor is an entity itself, and owned its accounts from the first day.
INSERT INTO legal_entity
SELECT 'leg_' || split_part(id, '_', 2), tenant_id, id, name, country, NULL, document, settlement_currency,
       'system', created_at
FROM creditor;
INSERT INTO account_owner (tenant_id, account_id, entity_id, since, actor, reason, recorded_at)
SELECT a.tenant_id, a.id, 'leg_' || split_part(c.id, '_', 2), DATE '0001-01-01', 'system', 'creditor_opened',
       c.created_at
FROM account a JOIN creditor c ON c.id = a.creditor_id
WHERE a.parent_no IS NULL;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['legal_entity', 'account_owner', 'payout', 'contest', 'write_off', 'money_event']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant_rows ON %I USING (tenant_id = this_tenant()) '
                       'WITH CHECK (tenant_id = this_tenant())', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO afluente_app', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['account_owner', 'money_event']
    LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name || '_stays', name);
    END LOOP;
END $$;
GRANT UPDATE (state, arrived_minor, arrived_ref) ON payout TO afluente_app;
GRANT UPDATE (state, round, fee_minor, told_at) ON contest TO afluente_app;
GRANT UPDATE (recovered_minor) ON write_off TO afluente_app;
