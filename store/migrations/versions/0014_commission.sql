CREATE TABLE commission (
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    base_minor BIGINT NOT NULL,
    amount_minor BIGINT NOT NULL,
    clawed_minor BIGINT NOT NULL,
    currency CHAR(3) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_commission PRIMARY KEY (id),
    CONSTRAINT uq_commission_event_id UNIQUE (event_id),
    CONSTRAINT ck_commission_within_base CHECK (amount_minor > 0 AND amount_minor <= base_minor),
    CONSTRAINT ck_commission_clawed_within_amount CHECK (clawed_minor BETWEEN 0 AND amount_minor),
    CONSTRAINT fk_commission_tenant_id FOREIGN KEY(tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_commission_receipt_id FOREIGN KEY(receipt_id) REFERENCES receipt (id)
);
CREATE INDEX ix_commission_receipt ON commission (receipt_id);
ALTER TABLE commission ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_rows ON commission USING (tenant_id = this_tenant()) WITH CHECK (tenant_id = this_tenant());
GRANT SELECT, INSERT ON commission TO afluente_app;
GRANT UPDATE (clawed_minor) ON commission TO afluente_app;
