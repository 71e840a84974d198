-- Refunds that a platform is asked for. The platform is told the identifier as its key, so that asking twice pays once.
-- What is above the connection's limit for one person is proposed by one and approved by another, by hand too.
CREATE TABLE refund (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    money_event_id TEXT NOT NULL,  -- the decision, once it is booked
    amount_minor BIGINT NOT NULL,
    from_debt_minor BIGINT NOT NULL,  -- what of it had paid a debt
    currency CHAR(3) NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    alone BOOLEAN NOT NULL,  -- one person was enough
    requested_by TEXT NOT NULL,
    requester TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_by TEXT,
    decider TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER NOT NULL DEFAULT 0,
    asked_at TIMESTAMP WITH TIME ZONE,
    next_try_at TIMESTAMP WITH TIME ZONE NOT NULL,
    external_ref TEXT,
    error_code TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT fk_refund_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_refund_connection_id FOREIGN KEY (connection_id) REFERENCES connection (id),
    CONSTRAINT fk_refund_receipt_id FOREIGN KEY (receipt_id) REFERENCES receipt (id),
    CONSTRAINT ck_refund_amount_positive CHECK (amount_minor > 0 AND from_debt_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT ck_refund_state CHECK (
        state IN ('proposed', 'withdrawn', 'due', 'asking', 'uncertain', 'sent', 'paid', 'refused')),
    CONSTRAINT ck_refund_by_another CHECK (
        state IN ('proposed', 'withdrawn') OR (decided_by IS NOT NULL AND (alone OR decided_by <> requested_by)))
);
CREATE INDEX ix_refund_receipt ON refund (receipt_id);
CREATE INDEX ix_refund_open ON refund (next_try_at) WHERE state IN ('due', 'asking', 'uncertain', 'sent');
CREATE UNIQUE INDEX uq_refund_external ON refund (connection_id, external_ref) WHERE external_ref IS NOT NULL;
ALTER TABLE refund ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON refund USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT, UPDATE (state, from_debt_minor, decided_by, decider, decided_at, attempts, asked_at, next_try_at,
    external_ref, error_code, ended_at) ON refund TO afluente_app;
